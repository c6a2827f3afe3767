import type { Ended } from '../support/command.ts';

/** Whether a command ends by itself in so many milliseconds. */
export async function endsWithin(ended: Promise<Ended>, ms: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<false>((resolve) => {
    timer = setTimeout(() => resolve(false), ms);
  });
  const over = await Promise.race([ended.then(() => true), late]);
  clearTimeout(timer);
  return over;
}
