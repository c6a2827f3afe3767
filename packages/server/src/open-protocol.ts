import type { Protocol } from './endpoint.ts';
import { json, refusal } from './reply.ts';
import type { Service } from './service.ts';

const PROMETHEUS = 'text/plain; version=0.0.4; charset=utf-8';

/** What is answered without a token, and also when there is too much to do. */
export function openProtocol(service: Service): Protocol {
  return {
    below: '/',
    gated: false,
    endpoints: [
      {
        method: 'GET',
        path: '/health',
        answer: () => Promise.resolve(json({ status: 'ok', version: service.version })),
      },
      {
        method: 'GET',
        path: '/metrics',
        answer: () => {
          const body = service.metrics.text(service.gauges());
          return Promise.resolve({ kind: 'whole', status: 200, type: PROMETHEUS, body });
        },
      },
    ],
    refuse: (_call, { code, message }) => refusal(code, message),
  };
}
