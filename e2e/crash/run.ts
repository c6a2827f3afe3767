import { parseArgs } from 'node:util';
import { crash } from './crash.ts';

const { values } = parseArgs({
  options: {
    kills: { type: 'string', default: '500' },
    seed: { type: 'string', default: String(Date.now() % 2 ** 31) },
    size: { type: 'string', default: '110' },
    jobs: { type: 'string', default: '2' },
    recovery: { type: 'string', default: 'resume' },
    points: { type: 'boolean', default: true },
    only: { type: 'string' },
  },
  allowNegative: true,
});

const isWell = await crash({
  kills: Number(values.kills),
  seed: Number(values.seed),
  size: Number(values.size),
  jobs: Number(values.jobs),
  recovery: values.recovery === 'run' ? 'run' : 'resume',
  points: values.points,
  only: values.only,
  print: (line) => void process.stdout.write(`${line}\n`),
});
if (!isWell) process.exitCode = 1;
