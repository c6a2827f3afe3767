import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { basename, join } from 'node:path';

/** A package as it would be published. */
export interface Publication {
  /** Folder of the package, whose manifest is told. */
  readonly folder: string;
  readonly tarball: string;
}

export interface LocalRegistry {
  readonly address: string;
  /** What was asked for of what is published here, in order. */
  readonly served: readonly string[];
  close(): Promise<void>;
}

/** Before every day that an installation may be asked for packages of. */
const PUBLISHED = '2026-01-01T00:00:00.000Z';

/**
 * A package registry on loopback: it has the packages that are given, and sends whoever asks for
 * others on to the registry that npm is configured for.
 */
export async function startRegistry(
  publications: readonly Publication[],
  upstream: string,
): Promise<LocalRegistry> {
  const packages = await Promise.all(publications.map(read));
  const served: string[] = [];
  const answer = (request: IncomingMessage, response: ServerResponse): void => {
    const { url = '/' } = request;
    const wanted = decodeURIComponent(url).slice(1);
    const found = packages.find((it) => it.name === wanted || it.file === basename(wanted));
    if (found === undefined) {
      response.writeHead(307, { location: new URL(url.slice(1), upstream).href }).end();
      return;
    }
    served.push(wanted);
    if (found.name === wanted) response.end(JSON.stringify(documentOf(found, address())));
    else response.end(found.bytes);
  };
  const server = createServer(answer);
  const address = (): string => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const close = async (): Promise<void> => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
  return { address: address(), served, close };
}

interface Published {
  readonly name: string;
  readonly version: string;
  readonly manifest: object;
  readonly file: string;
  readonly bytes: Buffer;
}

async function read({ folder, tarball }: Publication): Promise<Published> {
  const text = await readFile(join(folder, 'package.json'), 'utf8');
  const manifest = JSON.parse(text) as { readonly name: string; readonly version: string };
  const { name, version } = manifest;
  return { name, version, manifest, file: basename(tarball), bytes: await readFile(tarball) };
}

function documentOf({ name, version, manifest, file, bytes }: Published, address: string): object {
  const integrity = `sha512-${createHash('sha512').update(bytes).digest('base64')}`;
  const dist = { tarball: `${address}/-/${file}`, integrity };
  return {
    name,
    'dist-tags': { latest: version },
    time: { created: PUBLISHED, modified: PUBLISHED, [version]: PUBLISHED },
    versions: { [version]: { ...manifest, dist } },
  };
}
