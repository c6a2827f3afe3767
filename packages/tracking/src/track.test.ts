import childProcess from 'node:child_process';
import crypto from 'node:crypto';
import dgram from 'node:dgram';
import dns from 'node:dns';
import fs from 'node:fs';
import http from 'node:http';
import Module from 'node:module';
import net from 'node:net';
import os from 'node:os';
import perfHooks from 'node:perf_hooks';
import process from 'node:process';
import vm from 'node:vm';
import workerThreads from 'node:worker_threads';
import { expect, test } from 'vitest';
import { impuritiesOf, openTracked, workOfSkein } from '../test/tracked.ts';

const HOLDERS: Readonly<Record<string, object>> = {
  globalThis,
  'Date.prototype': Date.prototype,
  Date,
  Math,
  Temporal: (Reflect.get(globalThis, 'Temporal') as { Now: object }).Now,
  'Intl.DateTimeFormat.prototype': Intl.DateTimeFormat.prototype,
  'Event.prototype': Event.prototype,
  'Performance.prototype': perfHooks.Performance.prototype,
  'Crypto.prototype': Crypto.prototype,
  'SubtleCrypto.prototype': SubtleCrypto.prototype,
  'process.hrtime': process.hrtime,
  'net.Socket.prototype': net.Socket.prototype,
  'net.Server.prototype': net.Server.prototype,
  'http.Agent.prototype': http.Agent.prototype,
  'dgram.Socket.prototype': dgram.Socket.prototype,
  'dns.Resolver.prototype': dns.Resolver.prototype,
  'ChildProcess.prototype': childProcess.ChildProcess.prototype,
  Module,
  childProcess,
  crypto,
  dns,
  'dns.promises': dns.promises,
  fs,
  'fs.promises': fs.promises,
  os,
  perfHooks,
  vm,
  'vm.Script.prototype': vm.Script.prototype,
  workerThreads,
};

/** All properties as they are, those that Node makes when they are first asked for included. */
function snapshot(): ReadonlyMap<string, unknown> {
  const entries = Object.entries(HOLDERS).flatMap(([name, holder]) =>
    Reflect.ownKeys(holder).map((key): readonly [string, unknown] => {
      const own = Object.getOwnPropertyDescriptor(holder, key);
      return [`${name} ${String(key)}`, own?.value ?? Reflect.get(own ?? {}, 'get')];
    }),
  );
  return new Map(entries);
}

test('O8: when tracking ends nothing of it is left', async () => {
  openTracked().close();
  const before = snapshot();
  const tracked = openTracked();
  const during = snapshot();
  const replaced = [...before].filter(([name, own]) => during.get(name) !== own);
  expect(replaced.length).toBeGreaterThan(150);
  tracked.close();
  const after = snapshot();
  expect([...after.keys()]).toEqual([...before.keys()]);
  expect([...after].filter(([name, own]) => !Object.is(before.get(name), own))).toEqual([]);
  const acted = await tracked.act(() => [Date.now(), Math.random(), os.hostname()]);
  expect([impuritiesOf(acted), acted.seen.observations]).toEqual([[], []]);
});

test('O8: a strict action gets an error, and what it asked for does not happen', async () => {
  const tracked = openTracked({ strict: true });
  try {
    tracked.write({ 'touch.cjs': `require('node:fs').writeFileSync('made', '')` });
    const made = tracked.path('made');
    const { execPath } = process;
    const script = tracked.path('touch.cjs');
    const options = { cwd: tracked.root };
    const forbidden: Readonly<Record<string, () => unknown>> = {
      'Date.now()': () => Date.now(),
      'Math.random()': () => Math.random(),
      fetch: () => fetch('http://127.0.0.1:1'),
      'net.connect()': () => net.connect(1, '127.0.0.1'),
      [execPath]: () => childProcess.spawn(execPath, [script], options),
      touch: () => childProcess.execSync(`touch ${made}`),
      'new Worker()': () => new workerThreads.Worker(script, { env: process.env }),
    };
    for (const [what, use] of Object.entries(forbidden)) {
      const { error, seen } = await tracked.act(use);
      expect(String(error)).toBe(`Error: ${what} is not allowed, at track.test.ts`);
      expect(seen.impurities).toEqual([]);
    }
    expect(fs.existsSync(made)).toBe(false);
  } finally {
    tracked.close();
  }
});

test('O8: what Skein does while an action runs is nothing of the action', async () => {
  for (const strict of [false, true]) {
    const tracked = openTracked({ strict });
    const acted = await tracked.act(workOfSkein);
    tracked.close();
    expect(acted.error).toBeUndefined();
    expect([impuritiesOf(acted), acted.seen.observations]).toEqual([[], []]);
  }
});

test('O3: a package on the stack is named, and stands where no line of the author is', async () => {
  const tracked = openTracked();
  tracked.write({
    'node_modules/left/package.json': '{ "name": "left" }',
    'node_modules/left/index.js': `exports.later = () => new Promise((resolve) => {
      setTimeout(() => resolve([Date.now(), require('node:os').hostname()]), 1);
    });`,
  });
  const author = tracked.bundle(`import { createRequire } from 'node:module';
    const left = createRequire(import.meta.url)('left');
    export const use = () => left.later();`);
  const { seen } = await tracked.act(() => author['use']?.());
  tracked.close();
  expect(seen.impurities).toEqual([{ kind: 'clock', what: 'Date.now()', at: 'package left' }]);
  expect(seen.throughs).toEqual(['left']);
});
