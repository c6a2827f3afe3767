import { startWorker } from '@skein/executors/worker';
import * as skein from './index.ts';

// The program of a worker process: it loads a bundle and runs the actions it is sent. What the
// bundle imports as `skein` is this very module.
startWorker(skein);
