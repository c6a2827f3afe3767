import { describe, expect, test } from 'vitest';
import { renderMarkdown, renderTable } from './table.ts';
import type { Row } from './row.ts';

const rows: readonly Row[] = [
  {
    id: '1',
    work: 'actions',
    figure: 4321.4,
    unit: '/s',
    peer: 'openworkflow',
    peerFigure: 1000,
    ratio: 4.3214,
    target: '≥ 2,000/s',
    met: true,
    samples: { own: [4000, 4321.4, 4500], peer: [1000] },
    note: null,
  },
  {
    id: 'start',
    work: 'one',
    figure: 0.512,
    unit: 's',
    peer: null,
    peerFigure: null,
    ratio: null,
    target: null,
    met: null,
    samples: { own: [0.512], peer: [] },
    note: null,
  },
  {
    id: '6',
    work: 'warm run',
    figure: null,
    unit: 's',
    peer: 'turbo',
    peerFigure: null,
    ratio: null,
    target: '≤ 0.7 s',
    met: false,
    samples: { own: [], peer: [] },
    note: 'skein ended with exit code 1',
  },
];

describe('the table', () => {
  test('has one line for each row, aligned, what was wrong, and the count', () => {
    expect(renderTable(rows.slice(1)).split('\n')).toEqual([
      'id     work      skein   least to most     peer   its figure  ratio  target   met',
      'start  one       0.51 s  0.51 s to 0.51 s  –      –           –      –        –',
      '6      warm run  –       –                 turbo  –           –      ≤ 0.7 s  NO',
      '',
      '6: skein ended with exit code 1',
      'targets: 0 met, 1 not met',
    ]);
  });

  test('shows figures in their unit, the spread of the samples, and the ratio', () => {
    const [, line = ''] = renderTable(rows).split('\n');
    expect(line.split(/ {2,}/)).toEqual([
      '1',
      'actions',
      '4,321/s',
      '4,000/s to 4,500/s',
      'openworkflow',
      '1,000/s',
      '4.32×',
      '≥ 2,000/s',
      'yes',
    ]);
  });

  test('is Markdown for a document', () => {
    expect(renderMarkdown(rows.slice(2)).split('\n')).toEqual([
      '| id | work | skein | least to most | peer | its figure | ratio | target | met |',
      '|---|---|---|---|---|---|---|---|---|',
      '| 6 | warm run | – | – | turbo | – | – | ≤ 0.7 s | NO |',
      '',
      '- 6: skein ended with exit code 1',
      '',
      'targets: 0 met, 1 not met',
    ]);
  });
});
