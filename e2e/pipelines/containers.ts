import { existsSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { environment, map, OutOfMemoryError, TimeoutError } from 'skein';
import { FIRST, SECOND } from './images.ts';

const here = environment({ name: 'here', cache: 'auto' });
const first = environment({ name: 'first', cache: 'auto', image: FIRST });
const second = environment({ name: 'second', cache: 'auto', image: SECOND });

export const one = first.task(async (n: number): Promise<string> => `one ${n} ${inside()}`);
export const two = second.task(async (n: number): Promise<string> => `two ${n} ${inside()}`);
export const three = here.task(async (n: number): Promise<string> => `three ${n}`);

/** Only the images have it. */
function inside(): string {
  return existsSync('/variant') ? `in ${statSync('/variant').size}` : 'here';
}

export const main = here.task(async (count = 2): Promise<string[]> => {
  const items = Array.from({ length: count }, (_, index) => index);
  const texts = [await map(one, items), await map(two, items), await map(three, items)];
  return texts.flat();
});

/** What a task in a container can reach, and cannot. */
export const surroundings = first.task(
  async (root: string, state: string): Promise<Record<string, string>> => ({
    user: String(process.getuid?.()),
    state: tryTo(() => readdirSync(state).toSorted().join(' ')),
    journal: tryTo(() => readdirSync(`${state}/v1`).join(' ')),
    workspace: tryTo(() => writeFileSync(`${root}/written.txt`, 'x')),
    system: tryTo(() => writeFileSync('/etc/written.txt', 'x')),
  }),
);

function tryTo(work: () => unknown): string {
  try {
    return String(work());
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? 'failed';
  }
}

export const hungry = first.task(
  { resources: { memory: '128Mi' } },
  async (mebibytes: number): Promise<number> => {
    const kept: Buffer[] = [];
    for (let i = 0; i < mebibytes; i += 16) {
      kept.push(Buffer.alloc(16 << 20, 1));
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    return kept.length;
  },
);

export const feeds = here.task(async (): Promise<string> => {
  try {
    return `fits: ${await hungry(256)}`;
  } catch (error) {
    if (!(error instanceof OutOfMemoryError)) throw error;
    const more = await hungry.override({ resources: { memory: '768Mi' } })(256);
    return `caught, then ${more}`;
  }
});

export const spin = first.task({ timeout: '1s' }, async (): Promise<void> => {
  for (;;);
});

export const spun = here.task(async (): Promise<string> => {
  try {
    await spin();
    return 'ended';
  } catch (error) {
    return error instanceof TimeoutError ? `timed out: ${error.bound}` : String(error);
  }
});

export const fetches = first.task(
  async (url: string): Promise<number> => (await fetch(url)).status,
);
export const reaches = first.task(
  { network: true },
  async (url: string): Promise<number> => (await fetch(url)).status,
);

/** Waits until somebody says so, by a file of the workspace. */
export const waits = first.task(async (flag: string): Promise<string> => {
  console.log('waits');
  while (!existsSync(flag)) await new Promise((resolve) => setTimeout(resolve, 20));
  return 'done';
});
