import { setSourceMapsSupport } from 'node:module';
import { setHost } from '@skein/sdk';
import type { FileHost } from '@skein/sdk';
import { currentAction } from './running-action.ts';
import { captureOutput } from './console-capture.ts';
import { installModuleHooks } from './module-hooks.ts';
import type { SdkModule } from './module-hooks.ts';
import { guardProcess } from './process-guard.ts';
import { installVariables } from './variables.ts';
import type { VariableView } from './variables.ts';

export interface OccupationPorts {
  /** The namespace that authors import as `skein`. */
  readonly skein: SdkModule;
  /** What code outside of actions sees as `process.env`; `undefined`: the process's own. */
  readonly variables: () => VariableView | undefined;
  /** Where code outside of actions keeps its files. */
  readonly files: FileHost;
  /** An error that belongs to no action. */
  readonly stray: (error: unknown) => void;
  /** True where the whole process is there for actions. */
  readonly whole: boolean;
}

/**
 * Makes a process a place where actions run: the author's code gets its variables, its console,
 * its modules, and cannot end the process. Returns what gives the process back.
 */
export function occupyProcess(ports: OccupationPorts): () => void {
  const { skein, variables, files, stray, whole } = ports;
  installModuleHooks(skein);
  setSourceMapsSupport(true, { nodeModules: false, generatedCode: false });
  setHost({
    scope: currentAction,
    get files() {
      return currentAction()?.files ?? files;
    },
  });
  const running = (): ReturnType<typeof currentAction> => {
    const action = currentAction();
    return action === undefined || action.ended ? undefined : action;
  };
  const restore = [
    installVariables(() => currentAction() ?? variables()),
    captureOutput(running, { streams: whole }),
    guardProcess({ current: currentAction, stray, late: printError, always: whole }),
    () => setHost(undefined),
  ];
  return () => {
    for (const undo of restore) undo();
  };
}

function printError(error: unknown): void {
  process.stderr.write(`${errorText(error)}\n`);
}

export function errorText(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
