import { Draw } from '../crash/draw.ts';
import { sendRaw, statusesIn } from '../support/raw-request.ts';
import { drawRequest, type FuzzedRequest } from './request.ts';
import { forbiddenTo, type Tenant } from './tenant.ts';

export interface FuzzPlan {
  readonly host: string;
  readonly port: number;
  readonly tenants: readonly [Tenant, ...Tenant[]];
  readonly seed: number;
  readonly requests: number;
  /** How many are in flight. */
  readonly lanes: number;
}

/** What was answered, and what must not have been. */
export interface FuzzReport {
  /** How often each status was answered; 0: nothing was. */
  readonly statuses: Readonly<Record<number, number>>;
  readonly breaches: readonly string[];
}

/** Sends them all; the same for the same seed, whatever order they arrive in. */
export async function fuzz(plan: FuzzPlan): Promise<FuzzReport> {
  const statuses: Record<number, number> = {};
  const breaches: string[] = [];
  let next = 0;
  const lane = async (): Promise<void> => {
    for (let number = next++; number < plan.requests; number = next++) {
      const fuzzed = drawRequest(new Draw(plan.seed + number), plan.tenants);
      const answer = await sendRaw({ host: plan.host, port: plan.port, ...fuzzed });
      const answered = statusesIn(answer);
      for (const status of answered.length === 0 ? [0] : answered) {
        statuses[status] = (statuses[status] ?? 0) + 1;
      }
      for (const breach of breachesIn(answer, fuzzed, plan.tenants)) {
        breaches.push(`${plan.seed + number}: ${breach}: ${preview(fuzzed)} -> ${text(answer)}`);
      }
    }
  };
  await Promise.all(Array.from({ length: plan.lanes }, lane));
  return { statuses, breaches };
}

function breachesIn(
  answer: Buffer,
  { carried }: FuzzedRequest,
  tenants: readonly Tenant[],
): readonly string[] {
  const failed = statusesIn(answer).filter((status) => status >= 500);
  const leaked = forbiddenTo(carried, tenants).filter(({ text }) => answer.includes(text));
  const told = tenants.filter(({ token }) => answer.includes(token));
  const packed = /^content-encoding:/im.test(answer.toString('latin1'));
  return [
    ...failed.map((status) => `status ${status}`),
    ...leaked.map(({ scope }) => `content of ${scope}`),
    ...told.map(({ scope }) => `the token of ${scope}`),
    ...(packed ? ['a compressed answer, which cannot be searched'] : []),
  ];
}

const PREVIEW = 300;

function preview({ bytes }: FuzzedRequest): string {
  return text(bytes).replaceAll(/Bearer [^"\\]+/g, 'Bearer …');
}

function text(bytes: Buffer): string {
  return JSON.stringify(bytes.subarray(0, PREVIEW).toString('latin1'));
}
