import crypto from 'node:crypto';
import process from 'node:process';
import { findCaller } from './author-line.ts';
import type { Patches } from './patches.ts';
import type { Reporter } from './report-impurity.ts';

/**
 * Has everything reported that gives other bytes each time (O8): random numbers, keys, signatures
 * and ciphers that are salted, and the numbers of processes, which serve as nothing else.
 */
export function trackRandomness(patches: Patches, { impure: report }: Reporter): void {
  trackRealmRandomness(patches, report, globalThis);
  const random = (holder: object, called: string, names: readonly string[]): void => {
    for (const name of names) {
      const what = `${called}.${name}()`;
      patches.beforeCall(holder, name, () => report('randomness', what));
    }
  };
  random(crypto, 'crypto', MODULE);
  random(Crypto.prototype, 'crypto', ['getRandomValues', 'randomUUID']);
  random(SubtleCrypto.prototype, 'crypto.subtle', SUBTLE);
  random(crypto.DiffieHellman.prototype, 'diffieHellman', ['generateKeys']);
  random(crypto.DiffieHellmanGroup.prototype, 'diffieHellman', ['generateKeys']);
  random(crypto.ECDH.prototype, 'ecdh', ['generateKeys']);
  random(URL, 'URL', ['createObjectURL']);
  trackSalted(patches, report);
  for (const name of ['pid', 'ppid']) {
    const what = `process.${name}`;
    patches.beforeRead(process, name, () => {
      // Node writes it before each of its warnings.
      if (findCaller().file?.startsWith('node:') !== true) report('randomness', what);
    });
  }
}

/** `Math.random`, as each realm has it. */
export function trackRealmRandomness(
  patches: Patches,
  report: Reporter['impure'],
  realm: { readonly Math: Math },
): void {
  patches.beforeCall(realm.Math, 'random', () => report('randomness', 'Math.random()'));
}

const MODULE = [
  'encapsulate',
  'generateKey',
  'generateKeyPair',
  'generateKeyPairSync',
  'generateKeySync',
  'generatePrime',
  'generatePrimeSync',
  'getRandomValues',
  'prng',
  'pseudoRandomBytes',
  'publicEncrypt',
  'randomBytes',
  'randomFill',
  'randomFillSync',
  'randomInt',
  'randomUUID',
  'randomUUIDv7',
  'rng',
];

const SUBTLE = ['encapsulateBits', 'encapsulateKey', 'generateKey'];

/** Signatures and ciphers that are salted: their name, or their key, says so. */
function trackSalted(patches: Patches, report: Reporter['impure']): void {
  const { createPrivateKey, constants } = crypto;
  const isSalted = (key: unknown): boolean => {
    try {
      const { padding } = key as { readonly padding?: number };
      if (padding === constants.RSA_PKCS1_PSS_PADDING) return true;
      const { asymmetricKeyType = '' } =
        key instanceof crypto.KeyObject ? key : createPrivateKey(key as crypto.PrivateKeyInput);
      return !UNSALTED_KEYS.has(asymmetricKeyType);
    } catch {
      // Nothing will be signed with what is no key.
      return false;
    }
  };
  patches.beforeCall(crypto, 'sign', ([, , key]) => {
    if (isSalted(key)) report('randomness', 'crypto.sign()');
  });
  patches.beforeCall(crypto.Sign.prototype, 'sign', ([key]) => {
    if (isSalted(key)) report('randomness', 'sign.sign()');
  });
  patches.beforeCall(crypto, 'createDiffieHellman', ([prime]) => {
    if (typeof prime === 'number') report('randomness', 'crypto.createDiffieHellman()');
  });
  for (const name of ['encrypt', 'sign', 'wrapKey']) {
    const what = `crypto.subtle.${name}()`;
    const position = name === 'wrapKey' ? 3 : 0;
    patches.beforeCall(SubtleCrypto.prototype, name, (args) => {
      if (SALTED.test(algorithmName(args[position]))) report('randomness', what);
    });
  }
}

const UNSALTED_KEYS = new Set(['ed25519', 'ed448', 'rsa']);
const SALTED = /^(?:ecdsa|rsa-oaep|rsa-pss|ml-dsa.*)$/i;

function algorithmName(algorithm: unknown): string {
  if (typeof algorithm === 'string') return algorithm;
  return String((algorithm as { readonly name?: unknown } | undefined)?.name);
}
