/** Options of the plugin in nx.json. */
export interface PluginOptions {
  /** Default: `execute`. */
  readonly executeTargetName?: string;
  /** Default: `plan`. */
  readonly planTargetName?: string;
  /** Default: `verify`. */
  readonly verifyTargetName?: string;
}

/** The names of the targets that are inferred. */
export interface TargetNames {
  readonly execute: string;
  readonly plan: string;
  readonly verify: string;
}

const KNOWN = ['executeTargetName', 'planTargetName', 'verifyTargetName'] as const;

/** Throws what is wrong with the options, since Nx checks none of them. */
export function readPluginOptions(options: PluginOptions | undefined): TargetNames {
  const given: Readonly<Record<string, unknown>> = { ...options };
  const wrong = Object.entries(given).flatMap(([name, value]) => {
    if (!KNOWN.some((known) => known === name)) return [`  ${name}  no such option`];
    const isName = typeof value === 'string' && /^[^\s:]+$/.test(value);
    return isName ? [] : [`  ${name}  ${JSON.stringify(value)}, not the name of a target`];
  });
  const { executeTargetName = 'execute', planTargetName = 'plan' } = options ?? {};
  const { verifyTargetName = 'verify' } = options ?? {};
  const names = { execute: executeTargetName, plan: planTargetName, verify: verifyTargetName };
  if (wrong.length === 0 && new Set(Object.values(names)).size < 3) {
    wrong.push(`  targets  ${JSON.stringify(Object.values(names))}, of which two are the same`);
  }
  if (wrong.length === 0) return names;
  throw new Error(
    [
      'the options of the plugin "@skein/nx" in nx.json are not valid',
      ...wrong,
      `  hint: it may have ${KNOWN.map((name) => `"${name}"`).join(', ')}`,
    ].join('\n'),
  );
}
