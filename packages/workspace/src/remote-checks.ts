import { type Greeting, SharedStoreError } from '@skein/store';
import { loadConfig } from './config.ts';
import type { DoctorCheck } from './contract.ts';
import type { Opened } from './opened.ts';
import { type RemoteSettings, remoteSettings } from './remote-settings.ts';

/** Ages and retention count on times: clocks that differ by more are worth a look. */
const CLOCK_MS = 60_000;
const ANSWER_MS = 5_000;
const GOES_ON = 'is it running, and is the address right? Runs go on without it';

/** What `skein doctor` says of the remote, where there is one. */
export async function remoteChecks(opened: Opened): Promise<readonly DoctorCheck[]> {
  const config = await loadConfig(opened.root);
  if (!config.ok) return [problem('configuration', config.failure.headline, config.failure.hint)];
  const { environment } = opened;
  const { remote } = config.value;
  const settings = remoteSettings({ asked: {}, environment, config: remote, readOnly: false });
  if (!settings.ok) {
    const { headline, facts, hint } = settings.failure;
    const [given, by] = facts.map(([, value]) => value);
    return [problem('remote', `${headline}: ${given}, by ${by}`, hint)];
  }
  if (settings.value.kind === 'off') {
    return settings.value.warnings.map(({ headline }) => ({
      name: 'remote',
      status: 'warning',
      detail: headline,
      hint: 'make a token with "skein cache-server token create", and set SKEIN_REMOTE_TOKEN',
    }));
  }
  const chosen = settings.value;
  const insecure = chosen.warnings.map(({ headline, hint }): DoctorCheck => {
    return { name: 'remote', status: 'warning', detail: headline, ...(hint && { hint }) };
  });
  return [...insecure, ...bucketCheck(opened, chosen), ...(await ask(opened, chosen))];
}

function bucketCheck({ environment }: Opened, { address }: RemoteSettings): DoctorCheck[] {
  if (address.kind !== 's3') return [];
  const names = ['AWS_ACCESS_KEY_ID', 'AWS_PROFILE', 'AWS_WEB_IDENTITY_TOKEN_FILE'];
  const found = names.find((name) => environment[name]);
  const name = 'credentials';
  if (found !== undefined) return [{ name, status: 'ok', detail: `by ${found}` }];
  const detail = 'none of AWS_ACCESS_KEY_ID, AWS_PROFILE, AWS_WEB_IDENTITY_TOKEN_FILE is set';
  return [{ name, status: 'warning', detail, hint: 'the default profile or the machine may do' }];
}

async function ask(opened: Opened, settings: RemoteSettings): Promise<readonly DoctorCheck[]> {
  const { openShare } = await import('./open-share.ts');
  const { environment, clock, version } = opened;
  const timely = { ...settings, timeoutMs: settings.timeoutMs ?? ANSWER_MS };
  const share = await openShare({ settings: timely, environment, clock, version });
  const { url } = settings.address;
  if (!share.ok) return [problem('remote', share.failure.headline, share.failure.hint)];
  try {
    const greeting = await share.value.greet({ signal: AbortSignal.timeout(2 * ANSWER_MS) });
    return [
      { name: 'remote', status: 'ok', detail: `${url} answers` },
      rightsCheck(greeting, settings),
      await keyCheck(opened, settings),
      ...(await clockCheck(opened, settings)),
    ];
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    const isToken = error instanceof SharedStoreError && error.trouble === 'unauthorised';
    const hint = isToken ? 'look at SKEIN_REMOTE_TOKEN: the token may have been revoked' : GOES_ON;
    return [problem('remote', why.includes(url) ? why : `${url}: ${why}`, hint)];
  }
}

function rightsCheck(greeting: Greeting, { mode }: RemoteSettings): DoctorCheck {
  const { scope, mode: allowed, reads } = greeting;
  const detail = `${scope}, ${allowed}; reads ${reads.join(', ')}; runs ${mode}`;
  if (allowed === 'read-write' || mode === allowed || mode === 'read-write') {
    return { name: 'token', status: 'ok', detail };
  }
  const hint = `the token allows "${allowed}" only, and "${mode}" is asked for`;
  return { name: 'token', status: 'warning', detail, hint };
}

async function keyCheck(opened: Opened, settings: RemoteSettings): Promise<DoctorCheck> {
  const { writerKey } = await import('./open-client.ts');
  let trouble: string | undefined;
  const key = await writerKey(opened, settings, (warning) => {
    trouble = warning.facts.map((fact) => fact.join(': ')).join(', ');
  });
  const name = 'signature';
  if (trouble === undefined) return { name, status: 'ok', detail: `by key ${key.name}` };
  return { name, status: 'warning', detail: trouble, hint: 'name another one by SKEIN_REMOTE_KEY' };
}

/** By the `Date` of an answer, which counts in seconds. */
async function clockCheck(
  { clock }: Opened,
  { address }: RemoteSettings,
): Promise<readonly DoctorCheck[]> {
  if (address.kind !== 'http') return [];
  const signal = AbortSignal.timeout(ANSWER_MS);
  const answer = await fetch(`${address.url}/health`, { signal, redirect: 'error' });
  await answer.body?.cancel();
  const date = Date.parse(answer.headers.get('date') ?? '');
  if (Number.isNaN(date)) return [];
  const differenceMs = Math.abs(date - clock.now());
  const detail = `${Math.round(differenceMs / 1_000)} s from the remote's`;
  if (differenceMs <= CLOCK_MS) return [{ name: 'clock', status: 'ok', detail }];
  return [{ name: 'clock', status: 'warning', detail, hint: 'set the clock of this machine' }];
}

function problem(name: string, detail: string, hint: string | undefined): DoctorCheck {
  return { name, status: 'problem', detail, ...(hint === undefined ? {} : { hint }) };
}
