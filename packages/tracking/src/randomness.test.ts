import crypto, { generateKeyPairSync, randomBytes } from 'node:crypto';
import process from 'node:process';
import { promisify } from 'node:util';
import vm from 'node:vm';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { impuritiesOf, openTracked } from '../test/tracked.ts';
import type { Tracked } from '../test/tracked.ts';

let tracked: Tracked;
beforeAll(() => {
  tracked = openTracked();
});
afterAll(() => tracked.close());

const { subtle } = crypto.webcrypto;
const elliptic = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
const edwards = generateKeyPairSync('ed25519');
const data = Buffer.from('data');
const pss = { key: rsa.privateKey, padding: crypto.constants.RSA_PKCS1_PSS_PADDING };
const aes = { name: 'AES-GCM', length: 128 };

const RANDOM: readonly (readonly [what: string, make: () => unknown])[] = [
  ['Math.random()', () => Math.random()],
  ['crypto.randomBytes()', () => randomBytes(4)],
  ['crypto.randomBytes()', () => promisify(randomBytes)(4)],
  ['crypto.randomFill()', () => promisify(crypto.randomFill)(Buffer.alloc(4))],
  ['crypto.randomFillSync()', () => crypto.randomFillSync(Buffer.alloc(4))],
  ['crypto.randomInt()', () => crypto.randomInt(4)],
  ['crypto.randomUUID()', () => crypto.randomUUID()],
  ['crypto.randomUUID()', () => globalThis.crypto.randomUUID()],
  ['crypto.getRandomValues()', () => crypto.getRandomValues(new Uint8Array(4))],
  ['crypto.getRandomValues()', () => globalThis.crypto.getRandomValues(new Uint8Array(4))],
  ['crypto.getRandomValues()', () => crypto.webcrypto.getRandomValues(new Uint8Array(4))],
  ['crypto.subtle.generateKey()', () => subtle.generateKey(aes, true, ['encrypt'])],
  ['crypto.generateKeySync()', () => crypto.generateKeySync('hmac', { length: 64 })],
  ['crypto.generateKeyPairSync()', () => crypto.generateKeyPairSync('ed25519')],
  ['crypto.generateKeyPair()', () => promisify(crypto.generateKeyPair)('ed25519')],
  ['crypto.generatePrimeSync()', () => crypto.generatePrimeSync(32)],
  ['ecdh.generateKeys()', () => crypto.createECDH('secp256k1').generateKeys()],
  ['diffieHellman.generateKeys()', () => crypto.getDiffieHellman('modp5').generateKeys()],
  ['crypto.publicEncrypt()', () => crypto.publicEncrypt(rsa.publicKey, data)],
  ['crypto.sign()', () => crypto.sign('sha256', data, elliptic.privateKey)],
  ['crypto.sign()', () => crypto.sign('sha256', data, pss)],
  ['sign.sign()', () => crypto.createSign('sha256').update(data).sign(elliptic.privateKey)],
  ['URL.createObjectURL()', () => URL.createObjectURL(new Blob([]))],
  ['process.pid', () => process.pid],
  ['process.ppid', () => process.ppid],
  ['Math.random()', () => vm.runInNewContext('Math.random()') as number],
];

describe('O8: what is random is an impurity of the action that makes it', () => {
  test.each(RANDOM)('%s', async (what, make) => {
    const [maker, other] = await Promise.all([
      tracked.act(async () => {
        await Promise.resolve();
        return await make();
      }),
      tracked.act(async () => {
        await Promise.resolve();
        await Promise.resolve();
      }),
    ]);
    expect(impuritiesOf(maker)).toEqual([`randomness ${what}`]);
    expect(maker.seen.impurities[0]?.at).toBe('randomness.test.ts');
    expect(maker.error).toBeUndefined();
    expect(impuritiesOf(other)).toEqual([]);
  });
});

test('O8: what gives the same for the same is pure', async () => {
  const pem = rsa.privateKey.export({ type: 'pkcs8', format: 'pem' });
  const acted = await tracked.act(async () => {
    const key = await subtle.importKey('raw', data, { name: 'HMAC', hash: 'SHA-256' }, false, [
      'sign',
    ]);
    await subtle.sign('HMAC', key, data);
    crypto.sign('sha256', data, pem);
    crypto.sign(null, data, edwards.privateKey);
    crypto.createSign('sha256').update(data).sign(rsa.privateKey);
    return [Math.max(1, 2), crypto.hash('sha256', 'x'), crypto.createHash('md5').digest('hex')];
  });
  expect(acted.error).toBeUndefined();
  expect(impuritiesOf(acted)).toEqual([]);
});

test('O8: a warning of Node, which names the process, is nothing of the action', async () => {
  const printed: string[] = [];
  const heard = (warning: Error): void => void printed.push(warning.message);
  process.on('warning', heard);
  const acted = await tracked.act(async () => {
    process.emitWarning('beware');
    await new Promise(setImmediate);
  });
  process.off('warning', heard);
  expect(printed).toEqual(['beware']);
  expect(impuritiesOf(acted)).toEqual([]);
});
