import { run } from 'skein';
import { CreditExceededError } from '../../fixtures/three-tasks/src/credit.ts';
import { main } from '../../fixtures/three-tasks/src/main.ts';

// A program of a user that tells errors apart by their class.
const { status, result, error, thrower } = await run(main, [{ customer: 'Ada', credit: 10n }]).done;
console.log(status, result, thrower);
if (error instanceof CreditExceededError) {
  console.log(error.message);
  console.log(error.total - error.credit, error.cause instanceof RangeError, error.cause);
}
