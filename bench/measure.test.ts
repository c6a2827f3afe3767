import { describe, expect, test } from 'vitest';
import { measure, type Measuring } from './measure.ts';
import type { Subject } from './subject.ts';

/** A clock that moves as the samples say, and folders that are only names. */
function world(samples: number) {
  const log: string[] = [];
  const folders = new Set<string>();
  let time = 0;
  let made = 0;
  const measuring: Measuring = {
    samples,
    now: () => time,
    withFolder: async (use) => {
      made += 1;
      const folder = `folder-${made}`;
      folders.add(folder);
      const result = await use(folder);
      folders.delete(folder);
      return result;
    },
    progress: () => undefined,
  };
  const subject = (name: string, tookMs = 1): Subject => ({
    name,
    sample: async () => {
      log.push(name);
      time += tookMs;
      return { ms: tookMs };
    },
  });
  return { measuring, subject, log, folders };
}

describe('subjects', () => {
  test('are sampled in turns, after each was prepared once', async () => {
    const { measuring, subject, log } = world(3);
    const prepared: Subject = {
      ...subject('peer'),
      prepare: async () => void log.push('prepare'),
    };
    const series = await measure([subject('skein'), prepared], measuring);
    expect(log.join(' ')).toBe('prepare skein peer skein peer skein peer');
    expect(series.get('peer')).toEqual({ readings: [{ ms: 1 }, { ms: 1 }, { ms: 1 }] });
  });

  test('get a folder for each sample and one for all of them, and none stays', async () => {
    const { measuring, folders } = world(2);
    const places: unknown[] = [];
    const skein: Subject = {
      name: 'skein',
      sample: async (place) => {
        places.push({ ...place, exist: folders.has(place.scratch) && folders.has(place.home) });
        return {};
      },
    };
    await measure([skein], measuring);
    expect(places).toEqual([
      { home: 'folder-1', scratch: 'folder-2', exist: true },
      { home: 'folder-1', scratch: 'folder-3', exist: true },
    ]);
    expect(folders.size).toBe(0);
  });

  test('that fail take no further part, and the others go on', async () => {
    const { measuring, subject, log } = world(2);
    const broken: Subject = {
      name: 'broken',
      sample: async () => {
        log.push('broken');
        throw new Error('ended with exit code 1');
      },
    };
    const unprepared: Subject = {
      ...subject('unprepared'),
      prepare: async () => {
        throw new Error('has no disk');
      },
    };
    const series = await measure([subject('skein'), broken, unprepared], measuring);
    expect(log.join(' ')).toBe('skein broken skein');
    expect(series.get('broken')).toEqual({ readings: [], trouble: 'ended with exit code 1' });
    expect(series.get('unprepared')).toEqual({ readings: [], trouble: 'has no disk' });
  });

  test('are closed once, after the last sample of all, also where there was trouble', async () => {
    const { measuring, subject, log } = world(2);
    const broken: Subject = {
      ...subject('broken'),
      prepare: async () => {
        throw new Error('has no engine');
      },
      close: async () => void log.push('close'),
    };
    await measure([broken, subject('peer')], measuring);
    expect(log.join(' ')).toBe('peer peer close');
  });

  test('that are missing are never sampled', async () => {
    const { measuring, subject, log } = world(1);
    const absent: Subject = { ...subject('absent'), missing: 'is not installed' };
    const series = await measure([subject('skein'), absent], measuring);
    expect(log.join(' ')).toBe('skein');
    expect(series.get('absent')).toEqual({ readings: [], trouble: 'is not installed' });
  });

  test('that are slow are measured once if they are peers; Skein never', async () => {
    const { measuring, subject, log } = world(2);
    const series = await measure([subject('skein', 20_000), subject('peer', 10_001)], measuring);
    expect(log.join(' ')).toBe('skein peer skein');
    expect(series.get('peer')).toEqual({
      readings: [{ ms: 10_001 }],
      remark: 'takes over 10 s: measured once',
    });
  });
});
