import { MemoryObjects } from './memory-objects.ts';
import { conformObjects } from './objects.conformance.ts';

conformObjects('memory', () => new MemoryObjects({ now: () => 1 }));
