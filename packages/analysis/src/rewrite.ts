import type { ModuleSummary, Span } from './summary.ts';

export interface RewriteRequest {
  readonly path: string;
  readonly code: string;
  readonly map: string;
  readonly summary: ModuleSummary;
  /** Names that the bundler will have to change in some module. */
  readonly crowded: ReadonlySet<string>;
}

const DEFAULT_NAME = '__skein_default';

/**
 * Emitted code as the bundle takes it: `import.meta` and a path that `import()` is given are
 * seen from the source file (C9), and when the module has been evaluated it hands its tasks,
 * checkpoints and classes to the worker. Lines stay where they are; everything added follows the
 * last one.
 */
export function rewriteModule(request: RewriteRequest): string {
  const { path, summary, map } = request;
  const meta = `globalThis[Symbol.for("skein.meta")](${JSON.stringify(path)})`;
  const edits = summary.meta.map((span) => ({ span, text: meta }));
  for (const { start, end } of summary.computed) {
    // A path is one from the source file, as a literal's is; a package is found by its name.
    const from = `/^\\.{0,2}\\//.test(it) ? new URL(it, ${meta}.url).href : it`;
    edits.push({ span: { start, end: start }, text: `((it) => ${from})(\`\${` });
    edits.push({ span: { start: end, end }, text: '}`)' });
  }
  if (summary.defaultTask !== null) {
    edits.push({ span: summary.defaultTask, text: `const ${DEFAULT_NAME} = ` });
  }
  const added = [registration(request), ...nameFixes(request)];
  if (summary.defaultTask !== null) added.unshift(`export { ${DEFAULT_NAME} as default };`);
  const comment = `//# sourceMappingURL=data:application/json;base64,${base64(mapOf(map, path))}`;
  const behind = added.filter((it) => it !== '').join('');
  return `${applyEdits(request.code, edits)}\n${behind}\n${comment}`;
}

function registration({ path, summary }: RewriteRequest): string {
  const names = [...new Set(summary.registers)];
  if (names.length === 0) return '';
  const getters = names.map((name) => {
    const local = name === 'default' && summary.defaultTask !== null ? DEFAULT_NAME : name;
    return name === 'default' && local === name ? '' : `${JSON.stringify(name)}: () => ${local}`;
  });
  const table = getters.filter((it) => it !== '').join(', ');
  return `;globalThis[Symbol.for("skein.register")]?.(${JSON.stringify(path)}, { ${table} });`;
}

/** Functions and classes keep their `name` where the bundler has to rename them. */
function nameFixes({ summary, crowded }: RewriteRequest): string[] {
  return summary.named
    .filter((name) => crowded.has(name) && name !== 'default')
    .map((name) => {
      const text = JSON.stringify(name);
      const renamed = `typeof ${name}.name === "string" && ${name}.name.startsWith(${text})`;
      const fix = `Object.defineProperty(${name}, "name", { value: ${text}, configurable: true })`;
      return `;${renamed} && ${name}.name !== ${text} && ${fix};`;
    });
}

interface TextEdit {
  readonly span: Span;
  readonly text: string;
}

/** What is put in front of a stretch comes before what replaces it. */
function compareEdits({ span: a }: TextEdit, { span: b }: TextEdit): number {
  return a.start - b.start || a.end - b.end;
}

function applyEdits(code: string, edits: readonly TextEdit[]): string {
  let out = '';
  let position = 0;
  for (const { span, text } of [...edits].sort(compareEdits)) {
    out += code.slice(position, span.start) + text;
    position = span.end;
  }
  return out + code.slice(position);
}

/** The map with the source named by its path below the root. */
function mapOf(map: string, path: string): string {
  const base = path.slice(path.lastIndexOf('/') + 1);
  return JSON.stringify({ ...(JSON.parse(map) as object), sources: [base] });
}

function base64(text: string): string {
  return Buffer.from(text, 'utf8').toString('base64');
}
