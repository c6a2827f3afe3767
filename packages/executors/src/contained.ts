import { ImageFiles } from '@skein/tracking';
import type { ContainerSettings } from '@skein/tracking';
import type { Containment } from './launcher.ts';

/** In memory, in every container. */
const TEMPORARY = '/tmp';

/** Before any code of the author: the process is to look as it would in its image (O6). */
export function enterContainer({ drop, nodeProgram }: Containment): void {
  for (const name of drop) Reflect.deleteProperty(process.env, name);
  if (nodeProgram !== undefined) process.execPath = nodeProgram;
}

export function settingsOf({ mounts, network, cpuLimited }: Containment): ContainerSettings {
  return { files: new ImageFiles(mounts, TEMPORARY), network, cpuLimited };
}
