import type { ErrorRecord, ThrownRecord } from '@skein/model';
import { bareName } from './error-record.ts';
import type { Registry } from './host.ts';
import { joinStacks } from './stack.ts';
import type { CallSite } from './stack.ts';

/**
 * What was thrown, again: an instance of the very class where the registry knows it (its
 * constructor is not run), with message, fields, cause and members. Of an unknown class it is a
 * plain Error of that name. `site` joins the caller's stack to the child's.
 */
export function reviveError(record: ThrownRecord, registry: Registry, site?: CallSite): unknown {
  return record.kind === 'value' ? record.value : reviveRecord(record.error, registry, site);
}

function reviveRecord(record: ErrorRecord, registry: Registry, site: CallSite | undefined): Error {
  const error = instanceOf(record, registry);
  for (const [name, value] of Object.entries(record.fields)) {
    if (error instanceof DOMException && name === 'name') continue;
    const shown = { value, enumerable: true, writable: true, configurable: true };
    Object.defineProperty(error, name, shown);
  }
  if (record.cause !== undefined) hide(error, 'cause', reviveError(record.cause, registry));
  if (record.errors !== undefined) {
    hide(
      error,
      'errors',
      record.errors.map((member) => reviveError(member, registry)),
    );
  }
  hide(error, 'stack', joinStacks(record.stack, site));
  return error;
}

function instanceOf(record: ErrorRecord, registry: Registry): Error {
  const Class = registry.errorClass(record.class);
  if (Class === DOMException) return domException(record);
  const error = new Error();
  Object.setPrototypeOf(error, (Class ?? Error).prototype);
  hide(error, 'message', record.message);
  // The class that was thrown is not the one that was found: its name is what is left of it.
  if (Class === undefined || bareName(record.class) !== record.name) {
    hide(error, 'name', record.name);
  }
  return error;
}

/** Its name and message are in the object itself, out of reach. */
function domException(record: ErrorRecord): Error {
  const name = record.fields['name'];
  return new DOMException(record.message, typeof name === 'string' ? name : record.name);
}

function hide(error: Error, name: string, value: unknown): void {
  Object.defineProperty(error, name, {
    value,
    enumerable: false,
    writable: true,
    configurable: true,
  });
}
