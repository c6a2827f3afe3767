import { run } from 'skein';
import { main } from '../../fixtures/three-tasks/src/main.ts';

// A program of a user that hands over what cannot be an input, and names a state that cannot be.
const discounts = { tea: (() => 1) as unknown as number };
const { status, run: id, result, error } = await run(main, [{ customer: 'Ada', discounts }]).done;
console.log(status, id, result, error instanceof Error ? error.message : error);

const state = '/dev/null/state';
const other = await run(main, [{ customer: 'Ada' }], { state }).done;
console.log(other.status, other.run, other.error instanceof Error ? other.error.message : other);
