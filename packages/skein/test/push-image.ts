import { createHash } from 'node:crypto';

/** An image of which nothing ever runs: whatever `content` is makes it another one. */
export interface PushedImage {
  readonly host: string;
  readonly repository: string;
  readonly content: string;
}

const OCI = 'application/vnd.oci.image';
const ARCHITECTURES: Readonly<Record<string, string>> = { x64: 'amd64' };

/** What an image for this machine says. */
export const architecture = ARCHITECTURES[process.arch] ?? process.arch;

/** Pushes it with the tag `1`; the digest of its manifest. */
export async function pushImage({ host, repository, content }: PushedImage): Promise<string> {
  const base = `http://${host}/v2/${repository}`;
  const layer = await pushBlob(base, content);
  const config = await pushBlob(
    base,
    JSON.stringify({
      os: 'linux',
      architecture,
      config: { Env: ['PATH=/usr/bin'], Entrypoint: ['/run'] },
      rootfs: { type: 'layers', diff_ids: [layer.digest] },
    }),
  );
  const manifest = JSON.stringify({
    schemaVersion: 2,
    mediaType: `${OCI}.manifest.v1+json`,
    config: { mediaType: `${OCI}.config.v1+json`, ...config },
    layers: [{ mediaType: `${OCI}.layer.v1.tar+gzip`, ...layer }],
  });
  const headers = { 'content-type': `${OCI}.manifest.v1+json` };
  await send(`${base}/manifests/1`, { method: 'PUT', body: manifest, headers });
  return digestOf(manifest);
}

async function pushBlob(base: string, body: string): Promise<{ digest: string; size: number }> {
  const digest = digestOf(body);
  const begun = await send(`${base}/blobs/uploads/`, { method: 'POST' });
  const place = new URL(begun.headers.get('location') ?? '', base);
  place.searchParams.set('digest', digest);
  const headers = { 'content-type': 'application/octet-stream' };
  await send(place.href, { method: 'PUT', body, headers });
  return { digest, size: Buffer.byteLength(body) };
}

async function send(url: string, request: RequestInit): Promise<Response> {
  const answer = await fetch(url, request);
  if (!answer.ok) throw new Error(`${url} answers ${answer.status}: ${await answer.text()}`);
  return answer;
}

function digestOf(text: string): string {
  return `sha256:${createHash('sha256').update(text).digest('hex')}`;
}
