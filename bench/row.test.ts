import { describe, expect, test } from 'vitest';
import { judgeRow, type RowPlan, type Series } from './row.ts';

const plan: RowPlan = {
  id: '1',
  work: 'actions',
  unit: '/s',
  reading: 'rate',
  peer: { name: 'peer' },
  targets: [{ of: 'figure', bound: 'at least', value: 100 }],
};
const own = series(90, 300, 200);
const peer = series(50, 40, 60);

function series(...rates: readonly number[]): Series {
  return { readings: rates.map((rate) => ({ rate })) };
}

describe('a row', () => {
  test('holds the medians, their ratio and every sample', () => {
    expect(judgeRow(plan, own, peer)).toEqual({
      id: '1',
      work: 'actions',
      figure: 200,
      unit: '/s',
      peer: 'peer',
      peerFigure: 50,
      ratio: 4,
      target: '≥ 100/s',
      met: true,
      samples: { own: [90, 300, 200], peer: [50, 40, 60] },
      note: null,
    });
  });

  test('is met only if every target is', () => {
    const ratio = { of: 'ratio', bound: 'at least', value: 5 } as const;
    const row = judgeRow({ ...plan, targets: [...(plan.targets ?? []), ratio] }, own, peer);
    expect(row).toMatchObject({ met: false, target: '≥ 100/s, ≥ 5×' });
  });

  test('whose peer is missing says so and is not met, however good its own figure', () => {
    const missing: Series = { readings: [], trouble: 'is not installed' };
    const row = judgeRow(plan, own, missing);
    expect(row).toMatchObject({ figure: 200, peerFigure: null, ratio: null, met: false });
    expect(row.note).toBe('peer is not installed');
  });

  test('of which Skein gave no figure is not met', () => {
    const row = judgeRow(plan, { readings: [], trouble: 'ended with exit code 1' }, peer);
    expect(row).toMatchObject({ figure: null, peerFigure: 50, ratio: null, met: false });
    expect(row.note).toBe('skein ended with exit code 1');
  });

  test('of which a sample of Skein failed is not met, however good the others', () => {
    const failing: Series = { ...own, trouble: 'ended with exit code 1' };
    expect(judgeRow(plan, failing, peer)).toMatchObject({ figure: 200, met: false });
  });

  test('tells what its reader has to know about the figures of the peer', () => {
    const slow: Series = { ...peer, remark: 'takes over 10 s: measured once' };
    expect(judgeRow(plan, own, slow)).toMatchObject({
      met: true,
      note: 'peer takes over 10 s: measured once',
    });
  });

  test('says which reading this machine does not give', () => {
    const row = judgeRow({ ...plan, reading: 'memory' }, own, peer);
    expect(row).toMatchObject({ figure: null, met: false, note: 'skein gave no "memory"' });
  });

  test('without target is neither met nor not met', () => {
    const { targets: _, ...bare } = plan;
    expect(judgeRow(bare, own, peer)).toMatchObject({ target: null, met: null, ratio: 4 });
  });

  test('without peer has none of the figures of one', () => {
    const { peer: _, ...alone } = plan;
    expect(judgeRow(alone, own)).toMatchObject({ peer: null, ratio: null, met: true, note: null });
  });

  test('compares with another reading of the peer where it says so', () => {
    const other: RowPlan = { ...plan, peer: { name: 'peer', reading: 'all' } };
    const row = judgeRow(other, own, { readings: [{ rate: 1, all: 20 }] });
    expect(row).toMatchObject({ peerFigure: 20, ratio: 10 });
  });
});
