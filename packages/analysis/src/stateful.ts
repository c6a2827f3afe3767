/** Modules of Node whose functions keep what they are given, or run it later. */
const STATEFUL = new Set(
  (
    'async_hooks cluster diagnostics_channel domain inspector inspector/promises repl test ' +
    'timers trace_events vm worker_threads'
  ).split(' '),
);

/** Functions of other modules of Node that do. */
const KEEPING: Readonly<Record<string, readonly string[]>> = {
  module: ['register', 'registerHooks', 'syncBuiltinESMExports'],
};

/** Methods by which something that Node shares is told to call, or to tell, somebody (O3). */
const LISTENING = new Set(
  (
    'on once off emit addListener prependListener prependOnceListener removeListener ' +
    'removeAllListeners addEventListener removeEventListener dispatchEvent publish subscribe'
  ).split(' '),
);

export function isListening(name: string): boolean {
  return LISTENING.has(name);
}

/** Whether a call of something of Node's leaves something behind in the process. */
export function isStateful(specifier: string, imported: string): boolean {
  const name = specifier.replace(/^node:/, '');
  if (STATEFUL.has(name)) return true;
  if (name === 'process' && isListening(imported)) return true;
  return Object.hasOwn(KEEPING, name) && (KEEPING[name] ?? []).includes(imported);
}
