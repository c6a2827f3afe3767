import {
  isSound,
  renderFailure,
  renderListing,
  renderRevocation,
  renderStats,
  renderSweep,
  renderThings,
  renderVerification,
} from '@skein/view';
import type { CachePlace } from '@skein/workspace';
import { askCache } from './cache-trouble.ts';
import { EXIT } from './io.ts';
import { optionCount, optionGiven, optionText } from './parse.ts';
import { optionDuration, optionSize } from './read-amount.ts';
import { printJson, refuse, type Session } from './session.ts';
import { missingFlag, usageFailure } from './usage.ts';

/** `skein cache …`: each word is a command of its own. */
export async function runCache(session: Session): Promise<number> {
  const word = session.command.name.split(' ').at(-1);
  switch (word) {
    case 'push':
      return await (await import('./cache-push.ts')).pushResults(session);
    case 'pull':
      return await (await import('./cache-pull.ts')).pullResults(session);
    case 'ls':
      return await inPlace(session, list);
    case 'inspect':
      return await inPlace(session, inspect);
    case 'stats':
      return await inPlace(session, stats);
    case 'verify':
      return await inPlace(session, verify);
    case 'revoke':
      return await inPlace(session, revoke);
    default:
      return await inPlace(session, sweep);
  }
}

type Work = (session: Session, place: CachePlace) => Promise<number>;

async function inPlace(session: Session, work: Work): Promise<number> {
  const { io, output, parsed, command } = session;
  if (optionGiven(parsed, 'remote') && optionGiven(parsed, 'data')) {
    const headline = `"skein ${command.name}" takes "--remote" or "--data", not both`;
    return await refuse(session, [usageFailure(command, { headline, facts: [] })]);
  }
  return await askCache(session, async () => {
    const { openCachePlace } = await import('@skein/workspace');
    const place = await openCachePlace({
      remote: optionText(parsed, 'remote'),
      data: optionText(parsed, 'data'),
      cwd: io.cwd,
      environment: io.environment,
      clock: io.clock,
      version: io.version(),
      warn: (warning) => void output.note(renderFailure(warning, output.errorStyle)),
    });
    if (!place.ok) return await refuse(session, [place.failure]);
    try {
      return await work(session, place.value);
    } finally {
      place.value.close();
    }
  });
}

const LISTED = 50;

async function list(session: Session, place: CachePlace): Promise<number> {
  const { parsed, output, io, json } = session;
  const limit = optionCount(parsed, 'limit', 1);
  if (!limit.ok) return await refuse(session, [limit.failure]);
  const { listShared } = await import('@skein/workspace');
  const listed = await listShared(place, {
    task: optionText(parsed, 'task'),
    writer: optionText(parsed, 'writer'),
    scope: optionText(parsed, 'scope'),
    limit: limit.value ?? LISTED,
  });
  if (!listed.ok) return await refuse(session, [listed.failure]);
  const view = { style: output.style, now: io.clock.now() };
  if (json) await printJson(output, listed.value);
  else await output.print(renderListing(listed.value, view));
  return EXIT.ok;
}

/** Fewer digits would be half of what there is. */
const NAME_LENGTH = 8;

async function inspect(session: Session, place: CachePlace): Promise<number> {
  const { parsed, output, io, json, command } = session;
  const [name = ''] = parsed.positionals;
  if (name.length < NAME_LENGTH) {
    const facts = [['given', `"${name}"`]] as const;
    const headline = `"skein ${command.name}" needs ${NAME_LENGTH} digits or more`;
    return await refuse(session, [usageFailure(command, { headline, facts })]);
  }
  const { inspectShared } = await import('@skein/workspace');
  const found = await inspectShared(place, name);
  if (!found.ok) return await refuse(session, [found.failure]);
  const view = { style: output.style, now: io.clock.now() };
  if (json) await printJson(output, { place: place.place, found: found.value });
  else await output.print(renderThings(found.value, view));
  return EXIT.ok;
}

async function stats({ output, json }: Session, place: CachePlace): Promise<number> {
  const { sharedStats } = await import('@skein/workspace');
  const report = await sharedStats(place);
  if (json) await printJson(output, report);
  else await output.print(renderStats(report, output.style));
  return EXIT.ok;
}

async function verify({ output, json }: Session, place: CachePlace): Promise<number> {
  const { verifyShared } = await import('@skein/workspace');
  const report = await verifyShared(place);
  if (json) await printJson(output, { ok: isSound(report), ...report });
  else await output.print(renderVerification(report, output.style));
  return isSound(report) ? EXIT.ok : EXIT.failed;
}

async function revoke(session: Session, place: CachePlace): Promise<number> {
  const { parsed, output, json, command } = session;
  const writer = optionText(parsed, 'writer');
  if (writer === undefined) return await refuse(session, [missingFlag(command, 'writer')]);
  const { revokeShared } = await import('@skein/workspace');
  const report = await revokeShared(place, writer);
  if (!report.ok) return await refuse(session, [report.failure]);
  if (json) await printJson(output, report.value);
  else await output.print(renderRevocation(report.value, output.style));
  return EXIT.ok;
}

async function sweep(session: Session, place: CachePlace): Promise<number> {
  const { parsed, output, io, json, command } = session;
  const olderThanMs = optionDuration(parsed, 'older-than');
  if (!olderThanMs.ok) return await refuse(session, [olderThanMs.failure]);
  const maxSizeBytes = optionSize(parsed, 'max-size');
  if (!maxSizeBytes.ok) return await refuse(session, [maxSizeBytes.failure]);
  if (olderThanMs.value === undefined && maxSizeBytes.value === undefined) {
    const headline = `"skein ${command.name}" needs "--older-than" or "--max-size"`;
    return await refuse(session, [usageFailure(command, { headline, facts: [] })]);
  }
  const { sweepShared } = await import('@skein/workspace');
  const report = await sweepShared(place, {
    olderThanMs: olderThanMs.value,
    maxSizeBytes: maxSizeBytes.value,
    dryRun: optionGiven(parsed, 'dry-run'),
    now: io.clock.now(),
  });
  if (json) await printJson(output, report);
  else await output.print(renderSweep(report, output.style));
  return EXIT.ok;
}
