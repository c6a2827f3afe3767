import { findEngine } from '../src/engine.ts';
import type { Engine, EngineEnvironment } from '../src/engine.ts';

/** Podman as the tests configured it. */
export async function mustFind(environment: EngineEnvironment): Promise<Engine> {
  const found = await findEngine({ wanted: 'podman', environment });
  if (!found.ok) throw new Error(JSON.stringify(found.failure));
  return found.value;
}
