import { syncBuiltinESMExports } from 'node:module';
import os from 'node:os';
import { isObserved } from './environment.ts';

/** What code that runs now sees as `process.env`. */
export interface VariableView {
  /** What listing shows; assignments go here. */
  readonly visible: Record<string, string | undefined>;
  /** Readable by name only. */
  readonly hidden: Readonly<Record<string, string>>;
}

export interface VariablePorts {
  /** The view of whoever asks; `undefined`: the process's own environment. */
  readonly view: () => VariableView | undefined;
  /** Told of each reading by name that is an observation (O6). */
  readonly read: (name: string, value: string | undefined) => void;
  /** Told of each assignment before it happens: it outlives the action. */
  readonly assigned: (name: string) => void;
  /**
   * The process is there for such code alone: what it assigns is the environment of the process
   * too, where Node itself looks for the time zone and the folder for temporary files.
   */
  readonly whole: boolean;
}

/**
 * Puts an object in the place of `process.env` that shows the view of whoever asks: subprocesses
 * get what listing shows. Returns what takes it away again.
 */
export function installVariables(ports: VariablePorts): () => void {
  const own = process.env;
  const ownView: VariableView = { visible: own, hidden: {} };
  const view = (): VariableView => ports.view() ?? ownView;
  process.env = new Proxy<NodeJS.ProcessEnv>({}, handlerOf(ports, view, own));
  const { tmpdir } = os;
  if (!ports.whole) {
    os.tmpdir = () => ports.view()?.visible['TMPDIR'] ?? tmpdir();
    syncBuiltinESMExports();
  }
  return () => {
    process.env = own;
    os.tmpdir = tmpdir;
    syncBuiltinESMExports();
  };
}

function handlerOf(
  ports: VariablePorts,
  view: () => VariableView,
  own: NodeJS.ProcessEnv,
): ProxyHandler<NodeJS.ProcessEnv> {
  const readNamed = ({ visible, hidden }: VariableView, name: string): string | undefined => {
    if (Object.hasOwn(visible, name)) return visible[name];
    const value = Object.hasOwn(hidden, name) ? hidden[name] : undefined;
    if (isObserved(name)) ports.read(name, value);
    return value;
  };
  const assign = (name: string | symbol, value: unknown): boolean => {
    if (typeof name !== 'string') throw new TypeError('a variable is named by a string');
    ports.assigned(name);
    view().visible[name] = String(value);
    if (ports.whole) own[name] = String(value);
    return true;
  };
  return {
    get: (_, name) => (typeof name === 'string' ? readNamed(view(), name) : undefined),
    has: (_, name) => typeof name === 'string' && readNamed(view(), name) !== undefined,
    set: (_, name, value) => assign(name, value),
    defineProperty: (_, name, { value }) => assign(name, value),
    deleteProperty: (_, name) => {
      ports.assigned(String(name));
      if (ports.whole) Reflect.deleteProperty(own, name);
      return Reflect.deleteProperty(view().visible, name);
    },
    ownKeys: () => Reflect.ownKeys(view().visible),
    getOwnPropertyDescriptor: (_, name) => {
      const value = typeof name === 'string' ? readNamed(view(), name) : undefined;
      if (value === undefined) return undefined;
      return { value, writable: true, enumerable: true, configurable: true };
    },
  };
}
