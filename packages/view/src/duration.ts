/** Milliseconds for people: `850 ms`, `12.3 s`, `2 min 3 s`, `1 h 20 min`, `3 d 2 h`. */
export function formatDuration(durationMs: number): string {
  const ms = Math.max(0, durationMs);
  if (ms < 999.5) return ms > 0 && ms < 1 ? '<1 ms' : `${Math.round(ms)} ms`;
  if (ms < 59_950) return `${(ms / 1_000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1_000);
  if (seconds < 3_600) return pair(seconds, { size: 60, large: 'min', small: 's' });
  const minutes = Math.round(seconds / 60);
  if (minutes < 1_440) return pair(minutes, { size: 60, large: 'h', small: 'min' });
  return pair(Math.round(minutes / 60), { size: 24, large: 'd', small: 'h' });
}

/** How long ago something was: `just now`, `3 min ago`, `5 d ago`. */
export function formatAge(ageMs: number): string {
  const seconds = Math.max(0, Math.floor(ageMs / 1_000));
  if (seconds < 10) return 'just now';
  if (seconds < 60) return `${seconds} s ago`;
  if (seconds < 3_600) return `${Math.floor(seconds / 60)} min ago`;
  if (seconds < 172_800) return `${Math.floor(seconds / 3_600)} h ago`;
  return `${Math.floor(seconds / 86_400)} d ago`;
}

/** The same as seen from a later moment: `3 min before`. */
export function formatBefore(ageMs: number): string {
  const age = formatAge(ageMs);
  return age === 'just now' ? 'just before' : age.replace(/ ago$/, ' before');
}

interface Units {
  readonly size: number;
  readonly large: string;
  readonly small: string;
}

function pair(amount: number, { size, large, small }: Units): string {
  const rest = amount % size;
  const whole = `${Math.floor(amount / size)} ${large}`;
  return rest === 0 ? whole : `${whole} ${rest} ${small}`;
}
