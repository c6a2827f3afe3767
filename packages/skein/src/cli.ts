import { execute, processIo } from './command.ts';

const INTERRUPTED = 130;

const { SKEIN_FAULT: fault } = process.env;
if (fault !== undefined) (await import('@skein/executors')).obeyFault(fault);

process.exitCode = await execute(process.argv.slice(2), processIo({ initiator: 'command' }));
// Whoever interrupts twice does not want to wait for what is still going on.
if (process.exitCode === INTERRUPTED) process.exit();
