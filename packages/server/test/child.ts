import { serveChild } from '../src/serve-child.ts';
import { clock, randomness } from './ports.ts';

process.exit(await serveChild({ clock, randomness, process }));
