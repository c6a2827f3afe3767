import { isObserved } from './environment.ts';

/** What code that runs now sees as `process.env`. */
export interface VariableView {
  /** What listing shows; assignments go here. */
  readonly visible: Record<string, string | undefined>;
  /** Readable by name only. */
  readonly hidden: Readonly<Record<string, string>>;
  /** Told of each reading by name that is an observation (O6). */
  read?(name: string, value: string | undefined): void;
  /** Told of each assignment: it outlives the action. */
  wrote?(name: string): void;
}

/**
 * Puts an object in the place of `process.env` that shows the view of whoever asks: subprocesses
 * get what listing shows. `undefined` from `current` stands for the process's own environment.
 * Returns what takes it away again.
 */
export function installVariables(current: () => VariableView | undefined): () => void {
  const own = process.env;
  const ownView: VariableView = { visible: own, hidden: {} };
  const view = (): VariableView => current() ?? ownView;
  process.env = new Proxy<NodeJS.ProcessEnv>({}, handlerOf(view));
  return () => {
    process.env = own;
  };
}

function handlerOf(view: () => VariableView): ProxyHandler<NodeJS.ProcessEnv> {
  return {
    get: (_, name) => (typeof name === 'string' ? readNamed(view(), name) : undefined),
    has: (_, name) => typeof name === 'string' && readNamed(view(), name) !== undefined,
    set: (_, name, value) => assign(view(), name, value),
    defineProperty: (_, name, { value }) => assign(view(), name, value),
    deleteProperty: (_, name) => {
      const seen = view();
      seen.wrote?.(String(name));
      return Reflect.deleteProperty(seen.visible, name);
    },
    ownKeys: () => Reflect.ownKeys(view().visible),
    getOwnPropertyDescriptor: (_, name) => {
      const value = typeof name === 'string' ? readNamed(view(), name) : undefined;
      if (value === undefined) return undefined;
      return { value, writable: true, enumerable: true, configurable: true };
    },
  };
}

function readNamed(view: VariableView, name: string): string | undefined {
  if (Object.hasOwn(view.visible, name)) return view.visible[name];
  const value = Object.hasOwn(view.hidden, name) ? view.hidden[name] : undefined;
  if (isObserved(name)) view.read?.(name, value);
  return value;
}

function assign(view: VariableView, name: string | symbol, value: unknown): boolean {
  if (typeof name !== 'string') throw new TypeError('a variable is named by a string');
  view.wrote?.(name);
  view.visible[name] = String(value);
  return true;
}
