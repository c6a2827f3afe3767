import { authenticate } from './authenticate.ts';
import { blobEndpoints } from './blob-endpoints.ts';
import type { Protocol } from './endpoint.ts';
import { greetingEndpoints } from './greeting-endpoints.ts';
import { peopleEndpoints } from './people-endpoints.ts';
import { refusal } from './reply.ts';
import type { Service } from './service.ts';
import { traceEndpoints } from './trace-endpoints.ts';

/** Skein's own protocol: docs/formats/remote.md. */
export function shareProtocol(service: Service): Protocol {
  const all = [...greetingEndpoints, ...traceEndpoints, ...blobEndpoints, ...peopleEndpoints()];
  return {
    below: '/skein/',
    gated: true,
    endpoints: all.map(({ method, path, answer }) => ({
      method,
      path,
      answer: async (call) => {
        const rights = await authenticate(call, service);
        if (rights !== undefined) return await answer({ call, rights, service });
        return refusal('unauthorised', 'a valid token is needed');
      },
    })),
    refuse: (_call, { code, message }) => refusal(code, message),
  };
}
