import { expect, test } from 'vitest';
import { witness } from '../test/witness.ts';
import { SOURCE_TREES } from '../test/witness/source-tree.ts';

/** Small trees: `node packages/analysis/test/witness.ts` edits all of them, thousands of times. */
const TREES = SOURCE_TREES.filter((it) => it.package !== 'rxjs' && it.package !== 'zod');
const EDITS = 60;
const SEED = 4;
const MILLISECONDS = 120_000;

test(
  'P1 C1 C2: on real source trees no edit that changes a shaken bundle is a hit',
  { timeout: MILLISECONDS },
  async () => {
    const report = await witness({ edits: EDITS, seed: SEED, trees: TREES });
    expect(report.edits).toBe(EDITS);
    expect(report.falseHits).toEqual([]);
    expect(report.bundleChanged).toBeGreaterThan(50);
    const unchanged = report.judged - report.bundleChanged;
    const share = report.needless.length / unchanged;
    const { judged, bundleChanged, digestChanged, needless } = report;
    process.stdout.write(
      `witness, seed ${SEED}: ${EDITS} edits, ${judged} judged, bundle changed ${bundleChanged}, ` +
        `digest changed ${digestChanged}, false hits 0, needless misses ${needless.length}\n`,
    );
    expect(share).toBeLessThan(0.02);
  },
);
