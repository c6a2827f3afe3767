import { succeed, type Result } from '@skein/model';
import type { ServeOptions } from '@skein/server';
import { optionCount, optionGiven, optionText } from './parse.ts';
import { optionDuration, optionSize } from './read-amount.ts';
import { refuse, type Session } from './session.ts';
import { missingFlag } from './usage.ts';

/** `skein cache-server`: the server itself, or its tokens. */
export async function runCacheServer(session: Session): Promise<number> {
  const { command, parsed } = session;
  if (command.name !== 'cache-server') return await (await import('./token.ts')).runToken(session);
  if (optionGiven(parsed, 'serve-child')) {
    return await serveHere(session);
  }
  return await startServer(session);
}

/** The process that serves: its channel to the first one would keep it. */
async function serveHere({ io }: Session): Promise<number> {
  const { serveChild } = await import('@skein/server');
  const { systemRandomness: randomness } = await import('@skein/workspace');
  const code = await serveChild({ clock: io.clock, randomness, process: io.process });
  return io.process.exit(code);
}

async function startServer(session: Session): Promise<number> {
  const { command, parsed, output, io } = session;
  const { readListen, serve, DEFAULT_LISTEN } = await import('@skein/server');
  const { dataPlace } = await import('@skein/workspace');
  const data = optionText(parsed, 'data');
  if (data === undefined) return await refuse(session, [missingFlag(command, 'data')]);
  const listened = optionText(parsed, 'listen');
  const listen = listened === undefined ? succeed(DEFAULT_LISTEN) : readListen(listened);
  if (!listen.ok) return await refuse(session, [listen.failure]);
  const limits = readLimits(session);
  if (!limits.ok) return await refuse(session, [limits.failure]);
  const served = await serve(
    {
      listen: listen.value,
      data: dataPlace({ data, cwd: io.cwd }),
      version: io.version(),
      childEntry: { module: io.process.argv[1] ?? '', argv: ['cache-server', '--serve-child'] },
      ...limits.value,
    },
    {
      say: (line) => void output.note(line),
      environment: io.environment,
      pid: io.process.pid,
      onSignal: (name, listener) => {
        io.process.on(name, listener);
        return () => void io.process.off(name, listener);
      },
    },
  );
  return served.ok ? await served.value.done : await refuse(session, [served.failure]);
}

type Limits = Pick<
  ServeOptions,
  'keepForMs' | 'maxSizeBytes' | 'maxConnections' | 'maxArtifactBytes' | 'logFormat'
>;

function readLimits({ parsed }: Session): Result<Limits> {
  const keepForMs = optionDuration(parsed, 'keep-for');
  if (!keepForMs.ok) return keepForMs;
  const maxSizeBytes = optionSize(parsed, 'max-size');
  if (!maxSizeBytes.ok) return maxSizeBytes;
  const maxConnections = optionCount(parsed, 'max-connections', 1);
  if (!maxConnections.ok) return maxConnections;
  const maxArtifactBytes = optionSize(parsed, 'max-artifact');
  if (!maxArtifactBytes.ok) return maxArtifactBytes;
  return succeed({
    keepForMs: keepForMs.value,
    maxSizeBytes: maxSizeBytes.value,
    maxConnections: maxConnections.value,
    maxArtifactBytes: maxArtifactBytes.value,
    logFormat: optionText(parsed, 'log') === 'none' ? 'none' : 'json',
  });
}
