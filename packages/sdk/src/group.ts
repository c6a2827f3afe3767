import { currentScope } from './host.ts';
import { throwInvalidOption } from './invalid-option.ts';

/**
 * Runs `fn` and shows the calls made inside under `name`; groups nest. A name for people: it is
 * in no key. In a plain program it calls `fn`.
 */
export async function group<T>(name: string, fn: () => Promise<T>): Promise<T> {
  if (typeof name !== 'string' || name === '') {
    const wanted = 'a string that is not empty';
    throwInvalidOption({ owner: 'group', path: 'name', given: name, wanted });
  }
  const scope = currentScope();
  return scope === undefined ? await fn() : await scope.group(name, fn);
}
