import { randomBytes } from 'node:crypto';
import type { Clock, Randomness } from '@skein/model';

export const clock: Clock = { now: () => Date.now(), elapsed: () => performance.now() };

export const randomness: Randomness = { hex: (length) => randomBytes(length).toString('hex') };
