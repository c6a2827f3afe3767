/* Writes the golden file of the present format: once, when the format's version is raised. */
import { writeFileSync } from 'node:fs';
import { TRACE_FORMAT, encodeTrace } from '../src/stored-trace.ts';
import { GOLDEN_TRACES, goldenJson } from './golden.ts';

const golden = new URL(`../golden/trace-v${TRACE_FORMAT}`, import.meta.url).pathname;
const bodies = GOLDEN_TRACES.map((trace) => Buffer.from(encodeTrace(trace)).toString('hex'));
writeFileSync(`${golden}.hex`, `${bodies.join('\n')}\n`);
writeFileSync(`${golden}.json`, goldenJson(GOLDEN_TRACES));
