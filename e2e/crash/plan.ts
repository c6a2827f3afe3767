import type { FaultPoint } from '@skein/model';
import { DAMAGES, EARLIER_FORMAT, damageNamed, type Damage } from './damage.ts';
import { Draw } from './draw.ts';

/** Who is killed: the command, one of its workers, or all of them in one go. */
export type Victim = 'coordinator' | 'worker' | 'group';

/** What befalls a command. */
export type Strike =
  | { readonly kind: 'point'; readonly point: string; readonly count: number }
  /** From there on, once, as if the disk were full. */
  | { readonly kind: 'full'; readonly point: string; readonly count: number }
  /** So long after it began, in parts of the time that an undisturbed run takes. */
  | { readonly kind: 'instant'; readonly part: number; readonly victim: Victim }
  | { readonly kind: 'none' };

/** What the clock of a command shows, as `libfaketime` is told. */
export interface ClockShift {
  readonly from: string;
  /** What it jumps to in the middle. */
  readonly to: string;
}

export interface Step {
  /** What is started; unless told, what leads to the result from where the state is. */
  readonly command?: 'run' | 'force' | 'gc';
  /** What befalls the state before. */
  readonly damage?: Damage;
  readonly strike: Strike;
  readonly clock: ClockShift | undefined;
  /** Two commands at once on the same state; the strike hits the first. */
  readonly twice: boolean;
}

/** One round: commands on one state, each struck but the last. */
export interface Plan {
  /** Of this round alone. */
  readonly seed: number;
  /** `warm`: the code is analysed and bundled already. */
  readonly state: 'warm' | 'empty';
  readonly steps: readonly Step[];
}

const undisturbed: Step = { strike: { kind: 'none' }, clock: undefined, twice: false };

const killedAt = (point: string, count = 1): Step => {
  return { ...undisturbed, strike: { kind: 'point', point, count } };
};

/**
 * A run that is over may go; the one that is not stays whole. It is killed in its first steps, one
 * after the other: what large results there are only the first run has.
 */
const collected = (point: string): readonly Step[] => [
  undisturbed,
  { ...killedAt('journal-after-acknowledge', 3), command: 'force' },
  { ...killedAt(point), command: 'gc' },
  { ...undisturbed, command: 'gc' },
];

/** Points that a first run does not come to, and what has to happen before. */
const PREPARED: Readonly<Record<string, readonly Step[]>> = {
  'catch-up-batch': [killedAt('journal-after-acknowledge', 9), killedAt('catch-up-batch')],
  'set-aside-half': [
    undisturbed,
    { ...killedAt('set-aside-half'), damage: damageNamed('the database cut short') },
  ],
  'artifact-unpacked': [
    undisturbed,
    { ...killedAt('artifact-unpacked'), damage: damageNamed('loose files lost') },
  ],
  'migrate-half': [
    { ...killedAt('migrate-half'), damage: EARLIER_FORMAT },
    { ...undisturbed, command: 'run' },
  ],
  'gc-before-records': collected('gc-before-records'),
  'gc-run-removed': collected('gc-run-removed'),
  'gc-after-records': collected('gc-after-records'),
  'gc-content-removed': collected('gc-content-removed'),
};

/** A round that kills at a named point, then goes on. */
export function planPoint(point: string, count: number, seed: number): Plan {
  const steps = PREPARED[point] ?? [killedAt(point, count)];
  return {
    seed,
    state: NEEDS_EMPTY.test(point) ? 'empty' : 'warm',
    steps: [...steps, undisturbed],
  };
}

const NEEDS_EMPTY = /^(?:analysis|bundle|state|table)-/;

/** Where something is written: the disk may be full there. */
export const DISK_POINTS = [
  'journal-before-append',
  'fold-before',
  'blob-before-rename',
  'artifact-packed',
  'loose-before-rename',
  'analysis-before-rename',
  'bundle-before-rename',
] as const satisfies readonly FaultPoint[];

/** A round in which the disk is full for a moment. */
export function planFullDisk(point: string, seed: number): Plan {
  const strike = { kind: 'full', point, count: 1 } as const;
  const state = NEEDS_EMPTY.test(point) ? 'empty' : 'warm';
  return { seed, state, steps: [{ ...undisturbed, strike }, undisturbed] };
}

/** A round that damages the state of a run that was killed, then goes on. */
export function planDamage(damage: Damage, draw: Draw): Plan {
  const seed = draw.below(2 ** 31);
  const part = 0.3 + draw.next() * 0.6;
  const killed = {
    ...undisturbed,
    strike: { kind: 'instant', part, victim: 'coordinator' },
  } as const;
  return { seed, state: 'warm', steps: [killed, { ...undisturbed, damage }] };
}

/** A round of random kills, as its seed says. */
export function planRandom(seed: number, points: readonly string[]): Plan {
  const draw = new Draw(seed);
  const kills = draw.chance(0.6) ? 1 : 2 + draw.below(3);
  const steps: Step[] = [];
  for (let kill = 0; kill < kills; kill += 1) {
    steps.push({
      strike: drawStrike(draw, points),
      clock: drawClock(draw),
      twice: kill > 0 && draw.chance(0.15),
      ...(kill > 0 && draw.chance(0.15) && { damage: draw.pick(DAMAGES) }),
    });
  }
  const last = { ...undisturbed, clock: drawClock(draw), twice: draw.chance(0.1) };
  return { seed, state: draw.chance(0.15) ? 'empty' : 'warm', steps: [...steps, last] };
}

/** The coordinator is the one that matters most. */
const VICTIMS: readonly [Victim, ...Victim[]] = [
  'coordinator',
  'coordinator',
  'coordinator',
  'worker',
  'group',
];

function drawStrike(draw: Draw, points: readonly string[]): Strike {
  const [first, ...rest] = points;
  if (first !== undefined && draw.chance(0.3)) {
    return { kind: 'point', point: draw.pick([first, ...rest]), count: 1 + draw.below(40) };
  }
  const victim = draw.pick<Victim>(VICTIMS);
  return { kind: 'instant', part: draw.next() * 1.05, victim };
}

function drawClock(draw: Draw): ClockShift | undefined {
  if (!draw.chance(0.15)) return undefined;
  const shift = (): string => draw.pick(['-400d', '-2h', '-3', '+0', '+3', '+2h', '+400d']);
  return { from: shift(), to: shift() };
}

/** How a person reads which round it was. */
export function describePlan({ seed, state, steps }: Plan): string {
  return `seed ${seed}, ${state} state: ${steps.map(describeStep).join(', then ')}`;
}

function describeStep({ command, damage, strike, clock, twice }: Step): string {
  const shown = {
    point: () => (strike.kind === 'point' ? `killed at ${strike.point} ${strike.count}` : ''),
    instant: () =>
      strike.kind === 'instant'
        ? `${strike.victim} killed at ${(strike.part * 100).toFixed(1)} %`
        : '',
    full: () => (strike.kind === 'full' ? `no room at ${strike.point} ${strike.count}` : ''),
    none: () => 'undisturbed',
  }[strike.kind]();
  const time = clock === undefined ? '' : ` with its clock at ${clock.from}, later ${clock.to}`;
  const before = damage === undefined ? '' : `${damage.name}, `;
  const what = command === undefined ? '' : `${command} `;
  return `${before}${what}${shown}${time}${twice ? ', two at once' : ''}`;
}
