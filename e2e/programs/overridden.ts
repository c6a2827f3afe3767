import { run } from 'skein';
import { spin } from '../pipelines/chain.ts';
import { one } from '../pipelines/nested-run.ts';

// A program of a user that overrides the very tasks it runs, and hands over what is no task.
const [witness = ''] = process.argv.slice(2);

await run(one, []).done;
const known = await run(one, []).done;
const disabled = await run(one.override({ cache: 'disable' }), []).done;
console.log(known.actions.executed, disabled.actions.executed);

const late = await run(spin.override({ timeout: '50ms' }), [witness]).done;
console.log(late.status, (late.error as Error | null)?.name);

const signal = AbortSignal.timeout(50);
const aborted = await run(spin.override({ signal }), [witness]).done;
console.log(aborted.status, (aborted.error as Error | null)?.name);

const nothing = await run((async () => 1) as unknown as typeof one, []).done;
console.log(nothing.status, (nothing.error as Error | null)?.message);

const docker = 'docker' as 'pool';
const refused = await run(one, [], { executor: docker }).done;
console.log(refused.status, (refused.error as Error | null)?.message);
