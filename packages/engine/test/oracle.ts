import type { CachePolicy } from '@skein/model';
import { type Outcome, OracleScript, type Seen, look, outcomeOf } from './oracle-script.ts';
import type { Outside, Program, ScriptedTask } from './scripted.ts';

/*
 * What rules O3, Q2–Q4 and T1–T5 say of a run, told as plainly as possible: by recursion, without
 * digests, promises that are shared, or anything that is remembered for speed. It is the other
 * side of the property tests, and shares no line with the engine.
 */

interface Trace {
  readonly waves: readonly (readonly Seen[])[];
  readonly log: readonly Seen[];
  readonly outcome: Outcome;
}

interface Settled {
  readonly how: 'executed' | 'reused' | 'known-failure';
  readonly outcome: Outcome;
  readonly volatile: boolean;
}

/** An action that is asked for. */
class Node {
  readonly slots = new Map<string, Settled>();
  readonly counts = new Map<string, number>();
  readonly caching: boolean;
  volatile = false;

  constructor(caching: boolean) {
    this.caching = caching;
  }
}

const TRACES_PER_KEY = 8;
const EXECUTED_WAVES = 8;

/** Remembers traces from run to run. */
export class Oracle {
  readonly #traces = new Map<string, readonly Trace[]>();

  async run(
    program: Program,
    outside: Outside,
    call: { readonly entry: string; readonly args: readonly unknown[] },
  ): Promise<{ readonly outcome: Outcome; readonly executions: readonly string[] }> {
    const run = new OracleRun(program, outside, this.#traces);
    const outcome = await run.call(new Node(false), call.entry, JSON.stringify(call.args));
    return { outcome, executions: run.executions };
  }
}

class OracleRun {
  readonly executions: string[] = [];
  readonly #program: Program;
  readonly #outside: Outside;
  readonly #traces: Map<string, readonly Trace[]>;
  readonly #known = new Map<string, Outcome>();
  readonly #memory = new Map<string, unknown>();
  readonly #log: Seen[] = [];

  constructor(program: Program, outside: Outside, traces: Map<string, readonly Trace[]>) {
    this.#program = program;
    this.#outside = outside;
    this.#traces = traces;
  }

  /** The call of a running action. */
  async call(caller: Node, task: string, args: string): Promise<Outcome> {
    const slot = slotOf(caller.counts, task, args);
    const checked = caller.slots.get(slot);
    // T4: a failure that was only looked up answers nobody who runs.
    if (checked !== undefined && checked.how !== 'known-failure') return checked.outcome;
    const settled = await this.#demand(caller, { task, args, runs: true });
    caller.slots.set(slot, settled);
    caller.volatile ||= settled.volatile;
    return settled.outcome;
  }

  /** The call of a check. */
  async #look(
    caller: Node,
    { task, args, slot }: { readonly task: string; readonly args: string; readonly slot: string },
  ): Promise<Settled> {
    const known = caller.slots.get(slot);
    if (known !== undefined) return known;
    const settled = await this.#demand(caller, { task, args, runs: false });
    caller.slots.set(slot, settled);
    caller.volatile ||= settled.volatile;
    return settled;
  }

  async #demand(
    caller: Node,
    { task, args, runs }: { readonly task: string; readonly args: string; readonly runs: boolean },
  ): Promise<Settled> {
    const policy = policyOf(this.#script(task));
    const node = new Node(isCached(policy, caller.caching));
    if (!node.caching) {
      const outcome = await this.#execute(node, { task, args, key: undefined });
      return { how: 'executed', outcome, volatile: true };
    }
    const key = this.#key(task, args);
    const known = this.#known.get(key);
    if (known !== undefined) return { how: 'reused', outcome: known, volatile: false };
    const executed = new Set<string>();
    for (const trace of this.#traces.get(key) ?? []) {
      if (trace.outcome.failed && runs) continue;
      const check = policy.mode === 'version' ? 'same' : await this.#check(node, trace, executed);
      if (check === 'start') break;
      if (check === 'changed') continue;
      const { outcome } = trace;
      if (outcome.failed) return { how: 'known-failure', outcome, volatile: node.volatile };
      if (!node.volatile) this.#known.set(key, outcome);
      return { how: 'reused', outcome, volatile: node.volatile };
    }
    const outcome = await this.#execute(node, { task, args, key });
    return { how: 'executed', outcome, volatile: node.volatile };
  }

  /** T2: wave by wave, a call by making it. */
  async #check(
    node: Node,
    trace: Trace,
    executed: Set<string>,
  ): Promise<'same' | 'changed' | 'start'> {
    const counts = new Map<string, number>();
    for (const wave of trace.waves) {
      const first = wave.findIndex(({ kind }) => kind !== 'plain');
      const before = first < 0 ? wave : wave.slice(0, first);
      if (!this.#plainHold(before)) return 'changed';
      if (first < 0) continue;
      if (this.#judge(trace.log).changed) return 'changed';
      const calls = wave.filter(({ kind }) => kind !== 'plain');
      let same = true;
      for (const seen of calls) {
        if (seen.kind === 'map') same = (await this.#checkMap(node, seen, counts)) && same;
        if (seen.kind !== 'call') continue;
        const slot = slotOf(counts, seen.task, seen.args);
        const settled = await this.#look(node, { ...seen, slot });
        same &&= settled.outcome.text === seen.came;
        if (calls.length === 1 && settled.how === 'executed') executed.add(slot);
      }
      if (!same) return 'changed';
      if (calls.length === 1 && calls[0]?.kind === 'call' && executed.size >= EXECUTED_WAVES) {
        const slot = lastSlot(counts, calls[0].task, calls[0].args);
        if (executed.has(slot)) return 'start';
      }
      if (!this.#plainHold(wave.slice(first))) return 'changed';
    }
    const log = this.#judge(trace.log);
    const own = new Set(trace.waves.flat().flatMap(callsIn).map(nameOf));
    return log.changed || log.open.some((one) => !own.has(nameOf(one))) ? 'changed' : 'same';
  }

  async #checkMap(
    node: Node,
    { task, items, came }: Extract<Seen, { kind: 'map' }>,
    counts: Map<string, number>,
  ): Promise<boolean> {
    for (const [index, args] of items.entries()) {
      if (came[index] === undefined) continue;
      const slot = slotOf(counts, task, args);
      const settled = await this.#look(node, { task, args, slot });
      if (settled.outcome.text !== came[index]) return false;
    }
    return true;
  }

  /** O3: calls in a log are looked up, never made; `open` are those that nobody knows. */
  #judge(log: readonly Seen[]): { readonly changed: boolean; readonly open: readonly Call[] } {
    if (!this.#plainHold(log)) return { changed: true, open: [] };
    const open: Call[] = [];
    for (const one of log.flatMap(callsIn)) {
      const foreseen = this.#foresee(one.task, one.args, new Set());
      if (foreseen === undefined) open.push(one);
      else if (foreseen !== one.came) return { changed: true, open };
    }
    return { changed: false, open };
  }

  #foresee(task: string, args: string, asking: ReadonlySet<string>): string | undefined {
    const policy = policyOf(this.#script(task));
    const key = this.#key(task, args);
    if (policy.mode === 'disable' || asking.has(key)) return undefined;
    const known = this.#known.get(key);
    if (known !== undefined) return known.text;
    const within = new Set([...asking, key]);
    const holds = ({ waves, log }: Trace): boolean =>
      [...waves.flat(), ...log].every((seen) =>
        seen.kind === 'plain'
          ? this.#plainHold([seen])
          : callsIn(seen).every((one) => this.#foresee(one.task, one.args, within) === one.came),
      );
    const found = (this.#traces.get(key) ?? []).find(
      (trace) => policy.mode === 'version' || holds(trace),
    );
    return found?.outcome.text;
  }

  #plainHold(observations: readonly Seen[]): boolean {
    return observations.every(
      (seen) => seen.kind !== 'plain' || look(this.#outside, seen.look) === seen.was,
    );
  }

  async #execute(
    node: Node,
    of: { readonly task: string; readonly args: string; readonly key: string | undefined },
  ): Promise<Outcome> {
    const { task, args, key } = of;
    const script = this.#script(task);
    const values = JSON.parse(args) as readonly unknown[];
    this.executions.push(`${task}(${values.map(String).join(',')})`);
    const recorder = new OracleScript({
      outside: this.#outside,
      memory: this.#memory,
      logged: (seen) => {
        if (script.retains === true) this.#remember(seen);
      },
      call: (called, given) => this.call(node, called, given),
    });
    const outcome = await outcomeOf(() => script.body(recorder, ...(values as never[])));
    if (key === undefined) return outcome;
    const trace: Trace = { waves: recorder.waves, log: [...this.#log], outcome };
    const text = JSON.stringify(trace);
    const others = (this.#traces.get(key) ?? []).filter((one) => JSON.stringify(one) !== text);
    this.#traces.set(key, [trace, ...others].slice(0, TRACES_PER_KEY));
    if (!outcome.failed && !node.volatile) this.#known.set(key, outcome);
    return outcome;
  }

  #remember(seen: Seen): void {
    const text = JSON.stringify(seen);
    if (!this.#log.some((one) => JSON.stringify(one) === text)) this.#log.push(seen);
  }

  #key(task: string, args: string): string {
    const script = this.#script(task);
    const policy = policyOf(script);
    const code = policy.mode === 'version' ? ['version', policy.version] : ['code', script.code];
    return JSON.stringify([task, code, 'salt' in policy ? policy.salt : null, args]);
  }

  #script(task: string): ScriptedTask {
    const script = this.#program[task];
    if (script === undefined) throw new Error(`there is no task ${task}`);
    return script;
  }
}

interface Call {
  readonly task: string;
  readonly args: string;
  readonly came: string;
}

function callsIn(seen: Seen): readonly Call[] {
  if (seen.kind === 'plain') return [];
  if (seen.kind === 'call') return [seen];
  const { task, items } = seen;
  return seen.came.flatMap((came, index) =>
    came === undefined ? [] : [{ task, args: items[index] ?? '', came }],
  );
}

function nameOf({ task, args, came }: Call): string {
  return JSON.stringify([task, args, came]);
}

function policyOf({ options }: ScriptedTask): CachePolicy {
  return options?.cache ?? { mode: 'inherit' };
}

function isCached({ mode }: CachePolicy, below: boolean): boolean {
  return mode === 'inherit' ? below : mode !== 'disable';
}

/** Which of an action's identical calls this one is; they count up. */
function slotOf(counts: Map<string, number>, task: string, args: string): string {
  const identity = `${task}${args}`;
  const count = counts.get(identity) ?? 0;
  counts.set(identity, count + 1);
  return `${identity}#${count}`;
}

function lastSlot(counts: ReadonlyMap<string, number>, task: string, args: string): string {
  return `${task}${args}#${(counts.get(`${task}${args}`) ?? 0) - 1}`;
}
