import { execute, processIo } from './command.ts';

const INTERRUPTED = 130;

process.exitCode = await execute(process.argv.slice(2), processIo({ initiator: 'command' }));
// Whoever interrupts twice does not want to wait for what is still going on.
if (process.exitCode === INTERRUPTED) process.exit();
