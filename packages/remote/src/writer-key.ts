import { type KeyObject, createPrivateKey, generateKeyPairSync } from 'node:crypto';
import { link, mkdir, open, readFile, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { systemCode } from '@skein/model';
import type { Failure, Randomness } from '@skein/model';
import { nameOfWriter, rawPublicKey } from '@skein/store';
import type { WriterKey } from '@skein/store';

export interface WriterKeyOptions {
  readonly randomness: Randomness;
  readonly warn: (warning: Failure) => void;
}

const FILE = 'writer.pem';
const OWNER_ONLY = 0o600;
const OWNER_ONLY_FOLDER = 0o700;
const NAME_BYTES = 8;

/**
 * The writer's key in a folder of the user's, made on first use: of several processes that make one
 * at once, all take the first. Where the folder does not allow it, a key for this run alone, and a
 * warning.
 */
export async function openWriterKey(folder: string, options: WriterKeyOptions): Promise<WriterKey> {
  const path = join(folder, FILE);
  try {
    const kept = await readOrMake(folder, path, options.randomness);
    const key = writerKeyOf(kept);
    if (key !== undefined) return key;
    options.warn(keyFailure([['file', `"${path}" holds no Ed25519 private key in PEM`]]));
  } catch (error) {
    if (systemCode(error) === undefined) throw error;
    const cause = error instanceof Error ? error.message : String(error);
    options.warn(
      keyFailure([
        ['file', `"${path}"`],
        ['cause', cause],
      ]),
    );
  }
  return freshKey();
}

/** A key from its PEM (PKCS8); `undefined` where it is no Ed25519 private key. */
export function writerKeyOf(pem: string): WriterKey | undefined {
  let privateKey: KeyObject;
  try {
    privateKey = createPrivateKey(pem);
  } catch {
    return undefined;
  }
  const publicKey = rawPublicKey(privateKey);
  return publicKey === undefined
    ? undefined
    : { privateKey, publicKey, name: nameOfWriter(publicKey) };
}

/** A key that nobody keeps. */
export function freshKey(): WriterKey {
  const key = writerKeyOf(newPem());
  if (key === undefined) throw new Error('a key that was just made cannot be read');
  return key;
}

async function readOrMake(folder: string, path: string, randomness: Randomness): Promise<string> {
  const there = await readIfThere(path);
  if (there !== undefined) return there;
  await mkdir(folder, { recursive: true, mode: OWNER_ONLY_FOLDER });
  const temporary = join(folder, `.${FILE}-${randomness.hex(NAME_BYTES)}`);
  const handle = await open(temporary, 'wx', OWNER_ONLY);
  try {
    await handle.writeFile(newPem());
    await handle.sync();
  } finally {
    await handle.close();
  }
  try {
    // Only the first of several takes the name, and the file is whole when it has it.
    await link(temporary, path);
  } catch (error) {
    if (systemCode(error) !== 'EEXIST') throw error;
  } finally {
    await unlink(temporary);
  }
  return readFile(path, 'utf8');
}

async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}

function newPem(): string {
  const { privateKey } = generateKeyPairSync('ed25519');
  return privateKey.export({ type: 'pkcs8', format: 'pem' });
}

function keyFailure(facts: Failure['facts']): Failure {
  return {
    code: 'remote-not-signed',
    kind: 'warning',
    headline: "the writer's key cannot be used: this run signs with one of its own",
    facts,
    hint: 'make the file readable, or name another key with SKEIN_REMOTE_KEY',
  };
}
