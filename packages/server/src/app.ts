import type { HttpBindings } from '@hono/node-server';
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response';
import { Hono, type Context } from 'hono';
import type { Call } from './call.ts';
import type { Endpoint, Protocol } from './endpoint.ts';
import { nxProtocol } from './nx-protocol.ts';
import { openProtocol } from './open-protocol.ts';
import { respond } from './respond.ts';
import { startCall } from './start-call.ts';
import type { Service } from './service.ts';
import { shareProtocol } from './share-protocol.ts';
import type { RefusalCode, Reply } from './reply.ts';

interface ServerEnv {
  readonly Bindings: HttpBindings;
}

export type ServerApp = Hono<ServerEnv>;

/**
 * The routes of the server, over Node's own request and response: bodies are streamed both ways
 * without a copy. It runs under `openHttp` only.
 */
export function createApp(service: Service): ServerApp {
  const app: ServerApp = new Hono<ServerEnv>();
  // The open one comes last: its refusals are for every path that no other one owns.
  for (const protocol of [nxProtocol(service), shareProtocol(service), openProtocol(service)]) {
    mount(app, protocol, service);
  }
  return app;
}

function mount(app: ServerApp, protocol: Protocol, service: Service): void {
  for (const endpoint of protocol.endpoints) {
    app.on(endpoint.method, endpoint.path, async (context) => {
      const call = startCall(context.env, { route: endpoint.path, params: context.req.param() });
      return await sent(respond(call, { service, protocol, answer: endpoint.answer }));
    });
  }
  const others = protocol.endpoints.map(({ path }) => path);
  for (const path of new Set(others)) {
    app.all(path, (context) => refuse(context, 'method-not-allowed', path));
  }
  app.all(`${protocol.below}*`, (context) => refuse(context, 'not-found', 'other'));

  function refuse(context: Context<ServerEnv>, code: RefusalCode, route: string) {
    const call = startCall(context.env, { route, params: {} });
    const answer: Endpoint['answer'] = () => Promise.resolve(refusalOf(protocol, call, code));
    return sent(respond(call, { service, protocol, answer }));
  }
}

function refusalOf(protocol: Protocol, call: Call, code: RefusalCode): Reply {
  const message = code === 'not-found' ? 'there is no such path' : 'not with this method';
  return protocol.refuse(call, { code, message, isBug: false });
}

async function sent(answer: Promise<void>): Promise<Response> {
  await answer;
  return RESPONSE_ALREADY_SENT;
}
