import { cp, mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openContainers } from '../scripts/containers.ts';
import type { Place } from './place.ts';

/** Podman with an image that it has, and a workspace whose default image that is. */
export interface ContainerPlace {
  /** The same as elsewhere, with the workspace as its root. */
  readonly place: Place;
  readonly image: string;
  readonly close: () => Promise<void>;
}

/** The file of tasks, from the workspace's root. */
export const containerTasks = 'in-containers.ts';

/** Throws where no engine is to be had. */
export async function openContainerPlace(place: Place, home: string): Promise<ContainerPlace> {
  const containers = await openContainers('bench');
  const { environment } = containers;
  try {
    const local = await containers.baseImage();
    const registry = await containers.startRegistry();
    const image = `${registry.host}/skein/bench:1`;
    await containers.push(local, image);
    const pulled = await containers.podman('pull', '--quiet', image);
    if (pulled.code !== 0) throw new Error(pulled.stderr.trim());
    const root = join(home, 'workspace');
    await layOut(place.root, root, { image, insecureRegistries: [registry.host] });
    const close = async (): Promise<void> => {
      await containers.podman('rmi', image);
      await containers.close();
    };
    const inWorkspace = { ...place, root, environment: { ...place.environment, ...environment } };
    return { place: inWorkspace, image, close };
  } catch (error) {
    await containers.close();
    throw new Error('finds no engine', { cause: error });
  }
}

async function layOut(checkout: string, root: string, container: object): Promise<void> {
  const bin = join(root, 'node_modules', '.bin');
  await mkdir(bin, { recursive: true });
  await cp(join(checkout, 'bench', 'tasks', containerTasks), join(root, containerTasks));
  await symlink(join(checkout, 'packages', 'skein'), join(root, 'node_modules', 'skein'));
  await symlink(join(checkout, 'node_modules', '.bin', 'skein'), join(bin, 'skein'));
  const manifest = { name: 'bench-containers', private: true, type: 'module', workspaces: [] };
  await writeFile(join(root, 'package.json'), JSON.stringify(manifest));
  const config = `export default ${JSON.stringify({ container })};\n`;
  await writeFile(join(root, 'skein.config.ts'), config);
}
