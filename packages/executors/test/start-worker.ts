import { startWorker } from '../src/worker.ts';

startWorker();
