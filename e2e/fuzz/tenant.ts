import { createHash } from 'node:crypto';
import { blobDigest, type Wire } from '../support/wire.ts';
import type { Writer } from '../support/writer.ts';

/** One scope of the server under fuzz, with a token for it and something that is only its own. */
export interface Tenant {
  readonly scope: string;
  readonly token: string;
  /** Registered with its token. */
  readonly writer: Writer;
  /** Scopes that its token reads. */
  readonly reads: readonly string[];
}

/** How many names of each kind are written to and asked for, by everyone. */
export const NAMES = 16;

/** What a tenant stores before the fuzz: nobody else may ever see a byte of it. */
export interface Treasure {
  readonly text: string;
  readonly nx: string;
  readonly key: string;
  readonly id: string;
  readonly digest: string;
}

/** In every body that a tenant's token sends, and in nothing that another sends. */
export function markOf(tenant: Tenant): string {
  return `mark<${tenant.scope}>`;
}

export function treasureOf({ scope }: Tenant): Treasure {
  const text = `canary<${scope}>`;
  return {
    text,
    nx: hex(`nx ${scope}`).slice(0, 20),
    key: keyOf(`treasure ${scope}`),
    id: hex(`id ${scope}`),
    digest: blobDigest(text),
  };
}

/** Stores it; throws where the server does not take it. */
export async function storeTreasure(tenant: Tenant, wire: Wire): Promise<void> {
  const { text, nx, key, id } = treasureOf(tenant);
  const statuses = [
    await wire.register(tenant.writer.publicKey),
    await wire.putNx(nx, text),
    await wire.putBlob(text),
    await wire.putEntry({ key, id, bytes: tenant.writer.seal(Buffer.from(text)) }),
  ];
  if (statuses.join() !== '204,200,201,201') throw new Error(`storing gave ${statuses.join()}`);
}

/** The keys that everyone writes to. */
export function keyOf(name: string | number): string {
  return `${hex(`key ${name}`)}-20`;
}

export function hex(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** The bytes of the blobs that everyone asks for, and only this tenant stores. */
export function blobOf(tenant: Tenant, number: number): string {
  return `${markOf(tenant)} blob ${number}`;
}

/** What must not be in an answer to a request with the tokens of these tenants. */
export function forbiddenTo(
  carried: readonly Tenant[],
  all: readonly Tenant[],
): readonly { readonly scope: string; readonly text: string }[] {
  const readable = new Set(carried.flatMap(({ reads }) => reads));
  return all
    .filter(({ scope }) => !readable.has(scope))
    .flatMap((tenant) =>
      [markOf(tenant), treasureOf(tenant).text].map((text) => ({ scope: tenant.scope, text })),
    );
}
