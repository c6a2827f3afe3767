import { readFile } from 'node:fs/promises';
import { homedir, hostname, userInfo } from 'node:os';
import { isAbsolute, join, resolve } from 'node:path';
import type { Failure, Result } from '@skein/model';
import { succeed, systemCode } from '@skein/model';
import {
  type Maker,
  type Remote,
  freshKey,
  openRemote,
  openWriterKey,
  provenanceOf,
  systemTimers,
  writerKeyOf,
} from '@skein/remote';
import type { WriterKey } from '@skein/store';
import { readGitHead } from './git-head.ts';
import { openShare } from './open-share.ts';
import type { Opened } from './opened.ts';
import type { RemoteSettings } from './remote-settings.ts';

type Warn = (warning: Failure) => void;

/** The client of a remote, wired to the state. */
export async function openClient(
  opened: Opened,
  settings: RemoteSettings,
  warn: Warn,
): Promise<Result<Remote>> {
  const { clock, randomness, state, files, environment, version } = opened;
  const share = await openShare({ settings, environment, clock, version });
  if (!share.ok) return share;
  const { patienceMs } = settings;
  return succeed(
    openRemote({
      share: share.value,
      address: settings.address.url,
      mode: settings.mode,
      ...(settings.modeAskedBy === undefined ? {} : { modeAskedBy: settings.modeAskedBy }),
      passing: settings.passing,
      traces: state.traces,
      blobs: state.nearBlobs,
      locate: (file) => files.locate(file),
      temporary: join(state.path, 'tmp', 'remote'),
      provenance: makerOf(opened),
      writerKey: () => writerKey(opened, settings, warn),
      trust: settings.trust.map((key) => Buffer.from(key, 'base64')),
      clock,
      timers: systemTimers,
      randomness,
      warn,
      ...(patienceMs === undefined ? {} : { settleMs: patienceMs }),
    }),
  );
}

/** What others are told of this process. */
function makerOf({ root, version, environment }: Opened): Maker {
  const head = readGitHead(root);
  return provenanceOf({
    skein: version,
    user: userName(),
    host: hostname(),
    commit: head?.commit,
    ref: head?.branch,
    environment,
  });
}

/** A process may run under a number that no user has. */
function userName(): string | undefined {
  try {
    return userInfo().username;
  } catch {
    return undefined;
  }
}

/** The key that results are signed with; `warn` is told where it is not the one that is wanted. */
export async function writerKey(
  { root, environment, randomness }: Opened,
  { key }: Pick<RemoteSettings, 'key'>,
  warn: Warn,
): Promise<WriterKey> {
  if (key === undefined) return await openWriterKey(keyFolder(environment), { randomness, warn });
  const named = await readNamed(key, root);
  const found = named.pem === undefined ? undefined : writerKeyOf(named.pem);
  if (found !== undefined) return found;
  warn(unusable(named.facts));
  return freshKey();
}

interface NamedKey {
  readonly pem?: string;
  readonly facts: Failure['facts'];
}

async function readNamed(key: NonNullable<RemoteSettings['key']>, root: string): Promise<NamedKey> {
  if (key.kind === 'pem') {
    return { pem: key.text, facts: [['key', 'SKEIN_REMOTE_KEY is no Ed25519 private key in PEM']] };
  }
  const path = key.from === 'root' ? resolve(root, key.path) : resolve(key.path);
  try {
    const pem = await readFile(path, 'utf8');
    return { pem, facts: [['file', `"${path}" holds no Ed25519 private key in PEM`]] };
  } catch (error) {
    if (systemCode(error) === undefined) throw error;
    const cause = error instanceof Error ? error.message : String(error);
    return {
      facts: [
        ['file', `"${path}"`],
        ['cause', cause],
      ],
    };
  }
}

function unusable(facts: Failure['facts']): Failure {
  return {
    code: 'remote-not-signed',
    kind: 'warning',
    headline: "the writer's key cannot be used: this run signs with one of its own",
    facts,
    hint: 'make one with "openssl genpkey -algorithm ed25519"',
  };
}

/** Where the user's own key lies: with the user, not with a workspace. */
export function keyFolder(environment: Opened['environment']): string {
  const named = environment['XDG_CONFIG_HOME'];
  if (named !== undefined && isAbsolute(named)) return join(named, 'skein');
  const roaming = environment['APPDATA'];
  if (process.platform === 'win32' && roaming !== undefined) return join(roaming, 'skein');
  const home = environment['HOME'];
  return join(home === undefined || home === '' ? homedir() : home, '.config', 'skein');
}
