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
}

/** What of an action's platform is not that of its run; `undefined`: it is the same. */
export function imageOf({ image, ...rest }: Platform): ActionImage | undefined {
  if (image === undefined) return undefined;
  return image.applied && rest.node !== undefined ? { ...image, node: rest.node } : image;
}

/** The platform of an action, by that of its run and its own image: what `imageOf` took apart. */
export function platformWith(host: HostPlatform, image: ActionImage | undefined): Platform {
  if (image === undefined) return host;
  const { digest, applied, name, node } = image;
  const named = { digest, ...(name === undefined ? {} : { name }) };
  if (!applied) return { ...host, image: { ...named, applied } };
  return { image: { ...named, applied }, ...(node === undefined ? {} : { node }) };
}

/** A line for keys, messages and manifests: `node 26.10.0 linux x64 glibc`, `image sha256:…`. */
export function describePlatform(platform: Platform): string {
  if (!('os' in platform)) {
    const node = platform.node === undefined ? '' : ` node ${platform.node}`;
    return `image ${platform.image.digest}${node}`;
  }
  const host = `node ${platform.node} ${platform.os} ${platform.arch} ${platform.libc}`;
  return platform.image === undefined
    ? host
    : `${host} image ${platform.image.digest} (not applied)`;
}
