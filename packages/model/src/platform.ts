/** What really ran (Q6). */
export interface Platform {
  readonly node: string;
  readonly os: string;
  readonly arch: string;
  readonly libc: string;
  /** The declared image's digest and whether the action ran in it. */
  readonly image?: { readonly digest: string; readonly applied: boolean };
}

/** A line for keys, messages and manifests: `node 26.10.0 linux x64 glibc`. */
export function describePlatform(platform: Platform): string {
  const host = `node ${platform.node} ${platform.os} ${platform.arch} ${platform.libc}`;
  if (platform.image === undefined) return host;
  const note = platform.image.applied ? '' : ' (not applied)';
  return `${host} image ${platform.image.digest}${note}`;
}
