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

/** A line for keys, messages and manifests: `node 26.10.0 linux x64 glibc`, `image sha256:…`. */
export function describePlatform(platform: Platform): string {
  if (!('os' in platform)) {
    const node = platform.node === undefined ? '' : ` node ${platform.node}`;
    return `image ${platform.image.digest}${node}`;
  }
  const host = `node ${platform.node} ${platform.os} ${platform.arch} ${platform.libc}`;
  return platform.image === undefined ? host : `${host} image ${platform.image.digest} (not applied)`;
}
