import type { TaskId } from '@skein/model';
import type { Leads, Whole } from './leads.ts';
import { taskId } from './leads.ts';
import type { Effect } from './effects.ts';
import { PieceSet } from './piece-set.ts';
import type { Program } from './program.ts';
import { USE } from './summary.ts';

export type ReadonlyPieces = Pick<PieceSet, 'has' | typeof Symbol.iterator>;

/** Everything that some code reaches, by piece. */
export interface Closure {
  readonly pieces: ReadonlyPieces;
  readonly tasks: ReadonlyMap<TaskId, number>;
  readonly packages: ReadonlySet<string>;
  readonly data: ReadonlySet<string>;
  readonly wholes: ReadonlyMap<string, Whole>;
  readonly forwards: boolean;
}

/** Code of a module. */
export interface Start {
  readonly module: number;
  readonly code: Leads;
}

/** Effects that count for whoever reaches something of their module. */
export type ConfinedEffects = ReadonlyMap<number, readonly Effect[]>;

/** Follows what code leads to from some starts until nothing new is found. */
export function reachedFrom(
  program: Program,
  starts: readonly Start[],
  confined: ConfinedEffects,
): Closure {
  const walk = new Walk(program, confined);
  for (const { module, code } of starts) walk.follow(module, code);
  walk.finish();
  return walk;
}

class Walk implements Closure {
  readonly pieces: PieceSet;
  readonly tasks = new Map<TaskId, number>();
  readonly packages = new Set<string>();
  readonly data = new Set<string>();
  readonly wholes = new Map<string, Whole>();
  forwards = false;
  readonly #program: Program;
  readonly #confined: ConfinedEffects;
  readonly #open: number[] = [];
  readonly #entered = new Set<number>();
  readonly #taken = new Set<number>();

  constructor(program: Program, confined: ConfinedEffects) {
    this.#program = program;
    this.#confined = confined;
    this.pieces = new PieceSet(program.pieces.length);
  }

  follow(module: number, code: Leads): void {
    this.#enter(module);
    this.#take(module, code);
  }

  finish(): void {
    for (let next = this.#open.pop(); next !== undefined; next = this.#open.pop()) {
      const module = this.#program.moduleOf(next);
      this.#enter(module);
      for (const it of this.#program.targetsOf(next)) this.#reach(it);
      this.#takeMore(this.#program.piece(next).code);
    }
  }

  #enter(module: number): void {
    if (this.#confined.size === 0 || this.#entered.has(module)) return;
    this.#entered.add(module);
    for (const { piece, code, module: at } of this.#confined.get(module) ?? []) {
      this.pieces.add(piece);
      this.#take(at, code);
    }
  }

  #take(module: number, code: Leads): void {
    for (const it of this.#program.targets(module, code)) this.#reach(it);
    this.#takeMore(code);
  }

  #takeMore({ more }: Leads): void {
    if (more === undefined) return;
    for (const [id, uses] of more.tasks) this.#use(id, uses);
    for (const it of more.packages) this.packages.add(it);
    for (const it of more.data) this.data.add(it);
    for (const it of more.wholes) this.wholes.set(`${it.module}\n${it.reason}`, it);
    this.forwards ||= more.forwards;
    for (const it of more.modules) this.#takeModule(this.#program.index(it));
  }

  /** Every piece of a module: its code can be reached in a way that no name shows. */
  #takeModule(module: number): void {
    if (this.#taken.has(module)) return;
    this.#taken.add(module);
    const { path, whole } = this.#program.module(module);
    const [first, end] = this.#program.range(module);
    for (let number = first; number < end; number++) {
      const { task, names } = this.#program.piece(number);
      if (task !== undefined && names[0] !== undefined) {
        this.#use(taskId(path, names[0]), USE.value);
        if (task === 'certain') continue;
      }
      this.#reach(number);
    }
    this.#take(module, whole);
  }

  #reach(piece: number): void {
    if (this.pieces.add(piece)) this.#open.push(piece);
  }

  #use(id: TaskId, uses: number): void {
    this.tasks.set(id, (this.tasks.get(id) ?? 0) | uses);
  }
}
