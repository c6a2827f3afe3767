import { startWorker } from '@skein/executors';

// The program of a worker process: it loads a bundle and runs the actions it is sent.
startWorker();
