/** Names of processors where an image has another one than Node. */
const ARCHITECTURES: Readonly<Record<string, string>> = {
  x64: 'amd64',
  ia32: '386',
  ppc64: 'ppc64le',
};

/** What everybody means who gives no variant. */
const DEFAULT_VARIANTS: Readonly<Record<string, string>> = { amd64: 'v1', arm64: 'v8', arm: 'v7' };

/** Of an index the lock keeps these, so that machines of both kinds share it. */
export const SHARED_PLATFORMS: readonly string[] = ['linux/amd64', 'linux/arm64'];

/**
 * The platform of images on a machine whose `process.arch` this is. Containers are Linux, also
 * where an engine runs them in a virtual machine.
 */
export function imagePlatformOf(arch: string): string {
  return platformName({ os: 'linux', architecture: ARCHITECTURES[arch] ?? arch });
}

/** `linux/arm64`, `linux/arm/v6`: without the variant that everybody means. */
export function platformName(platform: {
  readonly os: string;
  readonly architecture: string;
  readonly variant?: string | undefined;
}): string {
  const { os, architecture, variant } = platform;
  const isDefault = variant === undefined || variant === DEFAULT_VARIANTS[architecture];
  return `${os}/${architecture}${isDefault || variant === '' ? '' : `/${variant}`}`;
}
