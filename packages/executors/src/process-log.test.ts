import { expect, test } from 'vitest';
import { digestOf } from '@skein/values';
import { chunkAfter } from '@skein/model';
import type { CallObservation, LogPrefix, PlainObservation } from '@skein/model';
import { ProcessLog } from './process-log.ts';

const file = (path: string, text = 'x'): PlainObservation => ({
  kind: 'file',
  path,
  digest: digestOf('blob', text),
});

const call = (count: number): CallObservation => ({
  kind: 'call',
  task: 'src/a.ts#t' as never,
  inputs: [digestOf('value', 'in')],
  outcome: digestOf('value', 'out'),
  count,
});

function openLog() {
  const log = new ProcessLog({ history: false });
  return { log, listener: log.listen() };
}

/** Where nothing is pending, no promise is made. */
function known(prefix: ReturnType<ProcessLog['prefix']>): LogPrefix | null {
  if (prefix instanceof Promise) throw new Error('nothing was pending');
  return prefix;
}

test('O3: an empty log has no prefix', () => {
  const { log, listener } = openLog();
  expect(known(log.prefix())).toBeNull();
  expect(listener.take()).toEqual([]);
});

test('O3: a prefix names all observations up to it, by chunks that follow each other', () => {
  const { log, listener } = openLog();
  log.observe(file('a'));
  log.observe(file('b'));
  const first = chunkAfter(null, [file('a'), file('b')]);
  expect(known(log.prefix())).toEqual({ length: 2, digest: first.digest });
  log.observe(file('c'));
  const second = chunkAfter({ length: 2, digest: first.digest }, [file('c')]);
  expect(known(log.prefix())).toEqual({ length: 3, digest: second.digest });
  expect(listener.take()).toEqual([first, second]);
  expect(listener.take()).toEqual([]);
});

test('O3: the same observation again adds nothing, be it a call by another count', () => {
  const { log, listener } = openLog();
  log.observe(file('a'));
  log.called(call(0));
  const before = known(log.prefix());
  log.observe(file('a'));
  log.called(call(3));
  expect(known(log.prefix())).toBe(before);
  expect(listener.take().map((it) => it.observations)).toEqual([[file('a'), call(0)]]);
});

test('O3: a file with two digests stands there twice: such a log never holds', () => {
  const { log } = openLog();
  log.observe(file('a', 'x'));
  log.observe(file('a', 'y'));
  expect(known(log.prefix())).toMatchObject({ length: 2 });
});

test('O3: what was begun before an end belongs to it', async () => {
  const { log, listener } = openLog();
  const stream = Promise.withResolvers<PlainObservation | null>();
  log.observe(stream.promise);
  const prefix = log.prefix();
  log.observe(file('later'));
  log.observe(new Promise(() => undefined));
  stream.resolve(file('a'));
  expect(await prefix).toMatchObject({ length: 1 });
  expect(listener.take()[0]?.observations).toEqual([file('a')]);
  expect(log.untraceable).toBeUndefined();
});

test('O3: two ends that wait for the same are told one chunk', async () => {
  const { log, listener } = openLog();
  const stream = Promise.withResolvers<PlainObservation | null>();
  log.observe(stream.promise);
  const one = log.prefix();
  const two = log.prefix();
  stream.resolve(file('a'));
  expect(await one).toEqual(await two);
  expect(listener.take()).toHaveLength(1);
});

test('O3: an observation that another overtook keeps its place', async () => {
  const { log, listener } = openLog();
  const stream = Promise.withResolvers<PlainObservation | null>();
  log.observe(stream.promise);
  log.observe(file('a'));
  stream.resolve(file('a'));
  await log.prefix();
  expect(listener.take()[0]?.observations[0]).toEqual(file('a'));
});

test('O4: where something cannot be hashed nobody after it leaves a trace', async () => {
  const { log } = openLog();
  log.observe(Promise.reject(new Error('gone')));
  expect(await log.prefix()).toBeNull();
  expect(log.untraceable).toBe('what was read could not be read again to be hashed');
});

test('a listener that comes later gets what was cut before, where that is kept', () => {
  const log = new ProcessLog({ history: true });
  log.observe(file('a'));
  const prefix = known(log.prefix());
  const listener = log.listen();
  log.observe(file('b'));
  void log.prefix();
  expect(listener.take().map((it) => it.previous)).toEqual([null, prefix]);
  expect(log.whole()).toEqual(chunkAfter(null, [file('a'), file('b')]));
});
