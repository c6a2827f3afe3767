/** What is asked of a run of the benchmarks. */
export interface Selection {
  /** Ids of rows; absent: all of them. */
  readonly only?: ReadonlySet<string>;
  readonly samples: number;
  /** Whether the table goes into docs/BENCHMARKS.md too. */
  readonly document: boolean;
}

export const usage = `usage: npm run bench -- [--only <id>,<id>] [--samples <n>] [--document]
  --only      these rows; all unless told
  --samples   how often each is measured; 5 unless told
  --document  also put the table into docs/BENCHMARKS.md
`;

/** Reads the flags, or says what is wrong with them. `ids` are those of all rows. */
export function parseSelection(
  flags: readonly string[],
  ids: ReadonlySet<string>,
): Selection | { readonly wrong: string } {
  let only: ReadonlySet<string> | undefined;
  let samples = 5;
  let document = false;
  const left = flags.flatMap((flag) => (/^--\w+=/.test(flag) ? splitOnce(flag) : [flag]));
  for (let flag = left.shift(); flag !== undefined; flag = left.shift()) {
    if (flag === '--document') document = true;
    else if (flag === '--only') only = new Set(left.shift()?.split(',') ?? ['']);
    else if (flag === '--samples') samples = Number(left.shift() ?? Number.NaN);
    else return { wrong: `there is no flag "${flag}"` };
  }
  const unknown = [...(only ?? [])].find((id) => !ids.has(id));
  if (unknown !== undefined) {
    return { wrong: `there is no row "${unknown}", only ${[...ids].join(', ')}` };
  }
  if (!Number.isInteger(samples) || samples < 1) {
    return { wrong: '"--samples" wants a whole number from 1' };
  }
  return { ...(only && { only }), samples, document };
}

function splitOnce(flag: string): readonly string[] {
  const at = flag.indexOf('=');
  return [flag.slice(0, at), flag.slice(at + 1)];
}
