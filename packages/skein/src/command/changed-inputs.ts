import type { InputSchema } from '@skein/analysis';
import { type Failure, type RunId, type TaskDefinition, fail, succeed } from '@skein/model';
import { EncodingError, toJson, type JsonValue } from '@skein/values';
import type { EarlierInput, Workspace } from '@skein/workspace';
import type { EarlierInputs } from './earlier-inputs.ts';
import type { Inputs } from './input.ts';
import { optionText } from './parse.ts';
import type { Session } from './session.ts';

/** What an earlier run was called with, by position. */
export interface Recorded {
  readonly run: RunId;
  /** Absent where that is not on record. */
  readonly inputs: readonly EarlierInput[] | undefined;
  readonly decode: Workspace['decode'];
}

/**
 * The arguments of an earlier run, with what `--input` and flags give in the place of single
 * parameters, or of single properties where the flags are these. Where nothing is given the bytes
 * on record are handed on as they are.
 */
export async function readChangedInputs(
  session: Session,
  of: {
    readonly workspace: Workspace;
    readonly task: TaskDefinition;
    readonly recorded: Recorded;
  },
): Promise<Inputs> {
  const { workspace, task, recorded } = of;
  const { parsed } = session;
  const given = parsed.taskFlags.length > 0 || optionText(parsed, 'input') !== undefined;
  if (!given && !lacksInputs(task, recorded)) return recordedArguments(recorded);
  const schema = await workspace.schema(task.id);
  if (!schema.ok) return { ok: false, failures: [schema.failure] };
  const { readGivenInputs } = await import('./given-inputs.ts');
  return await readGivenInputs(session, schema.value, earlierOf(recorded, schema.value));
}

/** The task may want more today than it was given then. */
function lacksInputs({ required = 0 }: TaskDefinition, { inputs }: Recorded): boolean {
  if (inputs === undefined) return false;
  const kept = inputs.slice(0, required).filter(({ kind }) => kind !== 'omitted');
  return kept.length < required;
}

function recordedArguments({ run, inputs }: Recorded): Inputs {
  if (inputs === undefined) return { ok: false, failures: [missing(run, [['inputs', 'all']])] };
  const gone = inputs.flatMap((input, index): readonly Fact[] =>
    input.kind === 'gone' ? [[`input ${index + 1}`, input.what]] : [],
  );
  if (gone.length > 0) return { ok: false, failures: [missing(run, gone)] };
  return { ok: true, args: inputs.map(argumentOf) };
}

function argumentOf(input: EarlierInput): unknown {
  return input.kind === 'kept' ? input.argument : undefined;
}

function earlierOf({ run, inputs = [], decode }: Recorded, schema: InputSchema): EarlierInputs {
  const of: EarlierInputs['of'] = (index) => {
    const parameter = schema.parameters[index];
    const own = parameter?.rest === true ? inputs.slice(index) : inputs.slice(index, index + 1);
    const gone = own.find((input) => input.kind === 'gone');
    if (gone !== undefined) {
      return { ok: false, failure: missing(run, [[parameter?.name ?? 'input', gone.what]]) };
    }
    const args = own.map(argumentOf);
    return { ok: true, args: parameter?.rest === true || args.length > 0 ? args : [undefined] };
  };
  return {
    of,
    json: () => {
      const [first] = inputs;
      const name = schema.parameters[0]?.name ?? 'input';
      if (first === undefined || first.kind === 'omitted') return succeed(undefined);
      if (first.kind === 'gone') return fail(missing(run, [[name, first.what]]));
      const json = jsonOf(decode(first.bytes));
      if (json !== undefined) return succeed(json);
      return fail(missing(run, [[name, 'of a kind that JSON has no form for: give it whole']]));
    },
  };
}

/** `undefined` where JSON has no form for it. */
function jsonOf(decoded: ReturnType<Recorded['decode']>): JsonValue | undefined {
  if (!decoded.ok) return undefined;
  try {
    return toJson(decoded.value);
  } catch (error) {
    if (error instanceof EncodingError) return undefined;
    throw error;
  }
}

type Fact = readonly [name: string, what: string];

function missing(run: RunId, gone: readonly Fact[]): Failure {
  return {
    code: 'record-missing',
    kind: 'usage',
    headline: 'what the run was called with is not on record any more',
    facts: [['run', run], ...gone],
    hint: 'give it by its flag or by "--input"',
  };
}
