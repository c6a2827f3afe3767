import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

const conditions = ['@skein/source', 'node', 'import', 'default'];
const excluded = ['**/node_modules/**', '**/dist/**', '**/.skein/**'];
const containers = ['**/*.containers.test.ts', 'e2e/containers*.test.ts'];
const sources = ['packages', 'plugins', 'fixtures', 'scripts', 'bench'];
const under = (suffix: string) => sources.map((folder) => `${folder}/**/*${suffix}`);

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions, externalConditions: ['@skein/source', 'node'] } },
  test: {
    pool: 'forks',
    // The tests wait for processes half of their time.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    passWithNoTests: true,
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: under('.test.ts'),
          exclude: [...excluded, ...containers, '**/*.property.test.ts'],
        },
      },
      {
        extends: true,
        test: {
          name: 'property',
          include: under('.property.test.ts'),
          exclude: excluded,
          testTimeout: 60_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'e2e',
          include: ['e2e/**/*.test.ts'],
          exclude: [...excluded, ...containers],
          // Each file works in a folder of its own, and waits for processes as often as not. More
          // at once would only take the cores from the commands that they start.
          maxWorkers: 2,
          sequence: { groupOrder: 1 },
          testTimeout: 300_000,
          hookTimeout: 300_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'containers',
          include: containers,
          exclude: excluded,
          globalSetup: 'scripts/containers-setup.ts',
          // They count what containers the machine has.
          fileParallelism: false,
          sequence: { groupOrder: 2 },
          testTimeout: 300_000,
          hookTimeout: 300_000,
        },
      },
    ],
  },
});
