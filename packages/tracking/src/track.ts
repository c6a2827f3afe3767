import { syncBuiltinESMExports } from 'node:module';
import { trackClock } from './clock.ts';
import { trackHostFacts } from './host-facts.ts';
import { redirectOutput } from './inherited-output.ts';
import { ModuleTracker } from './modules.ts';
import { trackNativeCode } from './native-code.ts';
import { trackNetwork } from './network.ts';
import { refuseNetwork } from './no-network.ts';
import { Patches } from './patches.ts';
import { trackRandomness } from './randomness.ts';
import { trackRealms } from './realms.ts';
import { createReporter } from './report-impurity.ts';
import type { TrackingSettings } from './settings.ts';
import { trackSubprocesses } from './subprocess.ts';
import { installFileTracking } from './track-files.ts';

/**
 * Has everything observed that code touches (O1, O8): to be called before any code of the author,
 * and after the code that may not be seen took what it needs of Node. Hooks that name modules for
 * bundles are installed before. Returns what gives the process back.
 */
export function installTracking(settings: TrackingSettings): () => void {
  const patches = new Patches();
  const reporter = createReporter(settings);
  const modules = new ModuleTracker(settings);
  const { digests, stamps } = modules;
  const endModules = modules.install(patches);
  const endFiles = installFileTracking(settings, digests);
  trackClock(patches, reporter);
  trackRandomness(patches, reporter);
  if (settings.container?.network === false) refuseNetwork(patches);
  trackNetwork(patches, reporter);
  redirectOutput(patches, settings);
  trackSubprocesses(patches, { settings, reporter, digests, stamps });
  trackHostFacts(patches, settings);
  trackRealms(patches, reporter);
  const endNativeCode = trackNativeCode(patches, reporter);
  syncBuiltinESMExports();
  return () => {
    patches.undo();
    endNativeCode();
    endFiles();
    endModules();
    syncBuiltinESMExports();
  };
}
