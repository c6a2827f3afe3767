import { LoadClient } from './load-client.ts';
import type { FromClient, Share, ToClient } from './load.ts';

/*
 * Some of the clients of a load, in a process that is told what to do: first who they are, then one
 * phase after the other.
 */

let clients: readonly LoadClient[] = [];

process.on('message', (message: ToClient) => {
  void obey(message).then(
    (shares) => tell({ shares }),
    (error: unknown) => tell({ trouble: error instanceof Error ? error.message : String(error) }),
  );
});

async function obey(message: ToClient): Promise<readonly Share[]> {
  if ('order' in message) {
    clients = message.order.clients.map((number) => new LoadClient(message.order, number));
    await Promise.all(clients.map((client) => client.prepare()));
    return [];
  }
  const { phase } = message;
  const working = phase.clients === undefined ? clients : clients.slice(0, phase.clients);
  return await Promise.all(working.map((client) => client.work(phase)));
}

function tell(message: FromClient): void {
  process.send?.(message);
}
