import { createInline } from './create.ts';
import { executorConformance } from './executor.conformance.ts';

executorConformance({ name: 'inline', create: createInline });
