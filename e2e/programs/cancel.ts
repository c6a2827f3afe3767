import { run } from 'skein';
import { main } from '../pipelines/chain.ts';

// A program of a user that changes its mind: it stops the run in its second step.
const [witness = ''] = process.argv.slice(2);

const running = run(main, [witness, 3], {
  onEvent: (event) => {
    if (event.kind === 'attempt-started' && event.action === 3) running.cancel();
  },
});
const { status, result, error, actions } = await running.done;
console.log(status, result, (error as Error | null)?.name, actions);
