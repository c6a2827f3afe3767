import type { InputSchema, ParameterType } from '@skein/analysis';

/** A flag that a task takes: one of its parameters, or a property of its only one. */
export interface Flag {
  /** As it is shown: `max-items`. */
  readonly name: string;
  /** As the author wrote it: `maxItems`. */
  readonly written: string;
  readonly parameter: string;
  /** Where the flag is a property of the parameter. */
  readonly property?: string;
  /** True where other flags are its properties. */
  readonly whole?: boolean;
  readonly type: ParameterType;
  readonly optional: boolean;
  /** The default as written in the source. */
  readonly default?: string;
  readonly doc?: string;
}

const WHOLE = 'all of these as one JSON object; single flags win';

/**
 * Every flag of a task. A single parameter of an object type gives a flag for each property, and
 * its own name takes the whole as JSON; where a property has that name too, the property has it.
 */
export function flagsOf(schema: InputSchema): readonly Flag[] {
  const flags = schema.parameters.map((parameter) => flagFor(parameter));
  const [only, second] = schema.parameters;
  if (only === undefined || second !== undefined || only.type.kind !== 'object') return flags;
  const properties = only.type.properties.map((property): Flag => {
    return { ...flagFor(property), parameter: only.name, property: property.name };
  });
  const taken = properties.some(({ written }) => written === only.name);
  const whole = flags.map((flag) => ({ ...flag, doc: WHOLE, whole: true }));
  return taken ? properties : [...properties, ...whole];
}

interface Named {
  readonly name: string;
  readonly type: ParameterType;
  readonly optional: boolean;
  readonly default?: string;
  readonly doc?: string;
}

function flagFor({ name, type, optional, default: fallback, doc }: Named): Flag {
  return {
    name: kebabCase(name),
    written: name,
    parameter: name,
    type,
    optional,
    ...(fallback === undefined ? {} : { default: fallback }),
    ...(doc === undefined ? {} : { doc }),
  };
}

/** The flag that `spelled` names: exactly, or in kebab-case or camelCase. */
export function flagNamed(flags: readonly Flag[], spelled: string): Flag | undefined {
  return (
    flags.find(({ written }) => written === spelled) ??
    flags.find(({ name }) => name === kebabCase(spelled))
  );
}

/** `maxItems` and `MaxHTTPItems` as `max-items` and `max-http-items`. */
export function kebabCase(name: string): string {
  return name
    .replace(/([\p{Ll}\d])(\p{Lu})/gu, '$1-$2')
    .replace(/(\p{Lu})(\p{Lu}\p{Ll})/gu, '$1-$2')
    .replaceAll('_', '-')
    .toLowerCase();
}
