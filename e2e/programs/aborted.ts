import { run } from 'skein';
import { main } from '../pipelines/chain.ts';

// A program of a user whose own work was stopped before it came to its pipeline.
const [witness = ''] = process.argv.slice(2);
const { status, result, actions } = await run(main, [witness, 3], { signal: AbortSignal.abort() })
  .done;
console.log(status, result, actions.executed);
