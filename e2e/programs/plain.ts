import { step } from '../pipelines/chain.ts';

// A program of a user that calls a task as the function it is.
const [witness = ''] = process.argv.slice(2);
console.log(await step(witness, 12));
