import { setImmediate } from 'node:timers/promises';
import { succeed } from '@skein/model';
import type { Workspace } from '@skein/workspace';
import type { CommandIo, OutputStream } from '../src/command/io.ts';

/** What a command wrote, and the hands that interrupt it. */
export interface FakeIo {
  readonly io: CommandIo;
  readonly stdout: () => string;
  readonly stderr: () => string;
  /** As by Ctrl-C. */
  readonly interrupt: () => void;
}

export interface FakeIoRequest {
  readonly workspace?: Workspace;
  readonly open?: CommandIo['open'];
  readonly cwd?: string;
  readonly environment?: CommandIo['environment'];
  readonly stdin?: string;
  /** The code of the error that standard output gives from the first byte on. */
  readonly broken?: string;
}

export function fakeIo({ workspace, stdin = '', broken, ...request }: FakeIoRequest): FakeIo {
  const out = fakeStream(broken);
  const err = fakeStream();
  const interrupts = new Set<() => void>();
  const io: CommandIo = {
    stdout: out.stream,
    stderr: err.stream,
    stdin: chunks(stdin),
    environment: request.environment ?? {},
    cwd: request.cwd ?? '/project',
    clock: { now: () => 1_200_000, elapsed: () => 0 },
    every: () => () => undefined,
    wait: async () => {
      await setImmediate();
    },
    onInterrupt: (interrupt) => {
      interrupts.add(interrupt);
      return () => interrupts.delete(interrupt);
    },
    initiator: 'test',
    version: () => '1.2.3',
    open: request.open ?? (() => Promise.resolve(succeed(known(workspace)))),
    process,
  };
  return {
    io,
    stdout: out.text,
    stderr: err.text,
    interrupt: () => {
      for (const interrupt of interrupts) interrupt();
    },
  };
}

function known(workspace: Workspace | undefined): Workspace {
  if (workspace === undefined) throw new Error('this test has no workspace');
  return workspace;
}

async function* chunks(text: string): AsyncGenerator<string> {
  for (let at = 0; at < text.length; at += 7) yield text.slice(at, at + 7);
}

function fakeStream(broken?: string): { stream: OutputStream; text: () => string } {
  let written = '';
  let onError: (error: Error) => void = () => undefined;
  const stream: OutputStream = {
    write: (text, done) => {
      if (broken !== undefined) {
        const error = Object.assign(new Error(`write ${broken}`), { code: broken });
        done?.(error);
        onError(error);
        return false;
      }
      written += text;
      done?.();
      return true;
    },
    on: (_, listener) => {
      onError = listener;
    },
    off: () => undefined,
  };
  return { stream, text: () => written };
}
