import { inspect } from 'node:util';
import { run } from 'skein';
import { main } from '../../fixtures/three-tasks/src/main.ts';

// A program of a user: the same order twice, and what came of it as real values.
const order = { customer: 'Ada', items: ['tea', 'coal'], due: new Date('2031-05-06T07:08:09Z') };

const first = run(main, [order]);
const { run: id, status, task, result, error, thrower, actions } = await first.done;
const text = await result?.text.text();
console.log(inspect({ sameId: id === first.id, status, task, error, thrower, actions, text }));
console.log(inspect({ ...result, text: result?.text.name }));

const second = await run(main, [order]).done;
console.log(inspect(second.actions, { breakLength: Infinity }));
