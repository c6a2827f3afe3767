import { type Failure, type Result, fail, succeed } from '@skein/model';
import type { ShareMode } from '@skein/store';
import {
  ADDRESS_WANTED,
  type RemoteAddress,
  describeAddress,
  parseRemoteAddress,
} from './remote-address.ts';
import { REMOTE_MODES, type RemoteConfig, type RemoteMode, isRemoteMode } from './remote-config.ts';

/** What whoever asks for a run says of the remote: it wins over variables and configuration. */
export interface RemoteAsked {
  /** An address, or `off`. */
  readonly remote?: string;
  readonly remoteMode?: RemoteMode;
}

/** The private key of the writer, or where it lies. */
export type WriterKeySource =
  | { readonly kind: 'pem'; readonly text: string }
  | { readonly kind: 'file'; readonly path: string; readonly from: 'root' | 'cwd' };

/** Which remote a run uses, and how. */
export interface RemoteSettings {
  readonly kind: 'on';
  readonly address: RemoteAddress;
  readonly mode: ShareMode;
  /** Who asked for the mode; absent: it is the default. */
  readonly modeAskedBy: string | undefined;
  /** What is learned is not kept beyond the run. */
  readonly passing: boolean;
  readonly token: string | undefined;
  readonly scope: string | undefined;
  readonly trust: readonly string[];
  /** Absent: the user's own, made on first use. */
  readonly key: WriterKeySource | undefined;
  readonly patienceMs: number | undefined;
  readonly timeoutMs: number | undefined;
  readonly warnings: readonly Failure[];
}

/** No remote; `warnings` says why, where somebody could think that there is one. */
export interface NoRemote {
  readonly kind: 'off';
  readonly warnings: readonly Failure[];
}

export interface RemoteSources {
  readonly asked: RemoteAsked;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly config: RemoteConfig | undefined;
  /** A run that leaves no traces shares nothing. */
  readonly readOnly: boolean;
}

const NONE: NoRemote = { kind: 'off', warnings: [] };

/**
 * Flags win over the variables SKEIN_REMOTE and SKEIN_REMOTE_MODE, and these over the
 * configuration; the token is in SKEIN_REMOTE_TOKEN only. Fails where an address or a mode is none;
 * nothing is asked yet.
 */
export function remoteSettings(sources: RemoteSources): Result<RemoteSettings | NoRemote> {
  const { environment, config } = sources;
  const mode = modeOf(sources);
  if (!mode.ok) return mode;
  const url = addressOf(sources);
  if (!url.ok || url.value === undefined || mode.value === undefined) {
    return url.ok ? succeed(NONE) : url;
  }
  const address = url.value;
  const token = tokenOf(environment);
  if (address.kind === 'http' && token === undefined) {
    return succeed({ kind: 'off', warnings: [noToken(environment)] });
  }
  if (token !== undefined && !/^[\x21-\x7e]+$/.test(token)) {
    return succeed({ kind: 'off', warnings: [strangeToken()] });
  }
  return succeed({
    kind: 'on',
    address,
    mode: mode.value.mode,
    modeAskedBy: mode.value.by,
    passing: sources.readOnly,
    token: address.kind === 'http' ? token : undefined,
    scope: config?.scope,
    trust: config?.trust ?? [],
    key: keyOf(environment, config),
    patienceMs: config?.patienceMs,
    timeoutMs: config?.timeoutMs,
    warnings: address.kind === 'http' && address.isPlain ? [plainHttp(address.url)] : [],
  });
}

interface Named {
  readonly text: string;
  readonly by: string;
}

function addressOf({
  asked,
  environment,
  config,
}: RemoteSources): Result<RemoteAddress | undefined> {
  const named =
    given(asked.remote, '"--remote"') ??
    given(environment['SKEIN_REMOTE'], 'the variable SKEIN_REMOTE') ??
    given(config?.url, 'the configuration');
  if (named === undefined || named.text === 'off') return succeed(undefined);
  const address = parseRemoteAddress(named.text);
  return address === undefined ? fail(badAddress(named)) : succeed(address);
}

interface ChosenMode {
  readonly mode: ShareMode;
  readonly by: string | undefined;
}

/** `undefined`: off. */
function modeOf({
  asked,
  environment,
  config,
  readOnly,
}: RemoteSources): Result<ChosenMode | undefined> {
  const named =
    given(asked.remoteMode, '"--remote-mode"') ??
    given(environment['SKEIN_REMOTE_MODE'], 'the variable SKEIN_REMOTE_MODE') ??
    given(config?.mode, 'the configuration');
  const mode = named?.text ?? 'read-write';
  if (!isRemoteMode(mode)) return fail(badMode(named ?? { text: mode, by: 'nobody' }));
  if (mode === 'off' || (readOnly && mode === 'write')) return succeed(undefined);
  return succeed({ mode: readOnly ? 'read' : mode, by: named?.by });
}

/** A variable that is empty is not set: that is how workflows leave one out. */
function given(text: string | undefined, by: string): Named | undefined {
  return text === undefined || text.trim() === '' ? undefined : { text: text.trim(), by };
}

function tokenOf(environment: RemoteSources['environment']): string | undefined {
  return given(environment['SKEIN_REMOTE_TOKEN'], '')?.text;
}

function keyOf(
  environment: RemoteSources['environment'],
  config: RemoteConfig | undefined,
): WriterKeySource | undefined {
  const named = given(environment['SKEIN_REMOTE_KEY'], '')?.text;
  if (named?.includes('-----BEGIN') === true) return { kind: 'pem', text: `${named}\n` };
  if (named !== undefined) return { kind: 'file', path: named, from: 'cwd' };
  return config?.key === undefined ? undefined : { kind: 'file', path: config.key, from: 'root' };
}

/** Whether a CI runs this, by the variable that they all set. */
export function isInCi(environment: RemoteSources['environment']): boolean {
  const ci = environment['CI'];
  return ci !== undefined && ci !== '' && ci !== 'false' && ci !== '0';
}

/** A fork's pull request gets no secrets: that is how it should be, and one line is enough. */
function noToken(environment: RemoteSources['environment']): Failure {
  const why = isInCi(environment)
    ? 'this job has no SKEIN_REMOTE_TOKEN'
    : 'the variable SKEIN_REMOTE_TOKEN is not set';
  return off(`the remote is not used: ${why}`);
}

function strangeToken(): Failure {
  return off('the remote is not used: SKEIN_REMOTE_TOKEN holds characters that no token has');
}

function off(headline: string): Failure {
  return { code: 'remote-off', kind: 'warning', headline, facts: [] };
}

function plainHttp(url: string): Failure {
  return {
    code: 'remote-plain-http',
    kind: 'warning',
    headline: 'the token goes to the remote unencrypted',
    facts: [['remote', `"${url}"`]],
    hint: 'put a proxy with TLS in front of the server, and use its "https://…" address',
  };
}

function badAddress({ text, by }: Named): Failure {
  return {
    code: 'usage',
    kind: 'usage',
    headline: 'the address of the remote is none',
    facts: [
      ['given', describeAddress(text)],
      ['by', by],
      ['wanted', `${ADDRESS_WANTED}, or "off"`],
    ],
    hint: 'a token is not part of it, but in the variable SKEIN_REMOTE_TOKEN',
  };
}

function badMode({ text, by }: Named): Failure {
  return {
    code: 'usage',
    kind: 'usage',
    headline: 'the mode of the remote is none',
    facts: [
      ['given', `"${text}"`],
      ['by', by],
      ['wanted', REMOTE_MODES.map((mode) => `"${mode}"`).join(', ')],
    ],
  };
}
