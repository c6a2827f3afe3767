import type { ResolvedImage } from './image.ts';

/** What really ran (Q6): this machine, or an image. The two never give the same key. */
export type Platform = HostPlatform | ImagePlatform;

/** An action ran on the machine itself. */
export interface HostPlatform {
  readonly node: string;
  readonly os: string;
  readonly arch: string;
  readonly libc: string;
  /** The image that the task declares, though it ran on the machine. */
  readonly image?: { readonly digest: string; readonly applied: false; readonly name?: string };
}

/** An action ran in an image, which stands for system, architecture and libraries. */
export interface ImagePlatform {
  /** `name`: as the author wrote it, for people; no part of any key. */
  readonly image: { readonly digest: string; readonly applied: true; readonly name?: string };
  /** Version of Skein's own Node, where it was mounted; absent: the image's own ran. */
  readonly node?: string;
  /** It had the network: without, a task that catches what fails comes to something else. */
  readonly network?: true;
}

/** The image that an action ran in, or that its task declares, as it is recorded. */
export interface ActionImage {
  readonly digest: string;
  /** Whether it ran in the image, or on the machine all the same. */
  readonly applied: boolean;
  /** As the author wrote it. */
  readonly name?: string;
  /** Version of Skein's own Node, where it was mounted. */
  readonly node?: string;
  /** It had the network there. */
  readonly network?: true;
}

/** What of an action's platform is not that of its run; `undefined`: it is the same. */
export function imageOf(platform: Platform): ActionImage | undefined {
  if ('os' in platform) return platform.image;
  const { image, ...more } = platform;
  return { ...image, ...more };
}

/** The platform of an action, by that of its run and its own image: what `imageOf` took apart. */
export function platformWith(host: HostPlatform, image: ActionImage | undefined): Platform {
  if (image === undefined) return host;
  const { applied, node, network, ...named } = image;
  if (!applied) return { ...host, image: { ...named, applied } };
  return {
    image: { ...named, applied },
    ...(node === undefined ? {} : { node }),
    ...(network === undefined ? {} : { network }),
  };
}

/** The platform of an action with these options that runs in the image, on such a machine (Q6). */
export function platformIn(
  { digest, name, node }: ResolvedImage,
  { network }: { readonly network: boolean },
  host: HostPlatform,
): ImagePlatform {
  return {
    image: { digest, applied: true, name },
    ...(node === undefined ? { node: host.node } : {}),
    ...(network ? { network } : {}),
  };
}

/** The platform of an action on the machine, whose task declares the image all the same (Q6). */
export function platformBeside({ digest, name }: ResolvedImage, host: HostPlatform): HostPlatform {
  return { ...host, image: { digest, applied: false, name } };
}

/** A line for keys, messages and manifests: `node 26.10.0 linux x64 glibc`, `image sha256:…`. */
export function describePlatform(platform: Platform): string {
  if (!('os' in platform)) {
    const node = platform.node === undefined ? '' : ` node ${platform.node}`;
    return `image ${platform.image.digest}${node}${platform.network ? ' network' : ''}`;
  }
  const host = `node ${platform.node} ${platform.os} ${platform.arch} ${platform.libc}`;
  return platform.image === undefined
    ? host
    : `${host} image ${platform.image.digest} (not applied)`;
}
