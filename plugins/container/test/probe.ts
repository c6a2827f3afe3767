import { createConnection } from 'node:net';
import { createInterface } from 'node:readline';

// A worker that does what it is told: each line it gets is the body of a function, whose result
// it answers with, as JSON. It ends when nobody is there any more.
const socket = createConnection(process.env['SKEIN_CHANNEL'] ?? '');
socket.on('error', () => process.exit(9));
socket.on('close', () => process.exit(0));
const lines = createInterface({ input: socket });
for await (const line of lines) {
  const answer = await evaluate(line);
  socket.write(`${JSON.stringify(answer)}\n`);
}

async function evaluate(body: string): Promise<unknown> {
  const url = `data:text/javascript,${encodeURIComponent(`export default async () => {${body}}`)}`;
  try {
    const made = (await import(url)) as { readonly default: () => Promise<unknown> };
    return { value: await made.default() };
  } catch (error) {
    return { error: String(error), code: (error as NodeJS.ErrnoException).code };
  }
}
