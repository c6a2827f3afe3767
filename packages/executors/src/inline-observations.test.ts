import { createInline } from './create.ts';
import { observationConformance } from './executor-observations.conformance.ts';

// A file of its own: what the process logged by then would be in the log of every action here.
observationConformance({ name: 'inline', create: createInline });
