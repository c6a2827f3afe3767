import type { Timers } from './timers.ts';

export interface QuestionsOptions<Key, Answer> {
  readonly timers: Timers;
  /** How many keys one request may have; 0 where nothing can be asked. Never rejects. */
  readonly ready: () => Promise<number>;
  /** Asks for many at once. A key that is absent from the answer has none. Never rejects. */
  readonly ask: (keys: readonly Key[]) => Promise<ReadonlyMap<Key, Answer>>;
}

interface Question<Answer> {
  readonly answer: Promise<Answer | undefined>;
  readonly resolve: (answer: Answer | undefined) => void;
}

/** Questions of that time travel together. */
const TOGETHER_MS = 2;
const IN_FLIGHT = 4;
/** Of these, questions that nobody waits for yet leave some to those that somebody does. */
const IN_FLIGHT_AHEAD = 2;

/**
 * Questions in bulk. Q1: each key is asked for once, whoever asks. Q2: what is asked at about the
 * same time travels in one request. Q3: what somebody waits for goes before what is asked ahead.
 */
export class Questions<Key, Answer> {
  readonly #options: QuestionsOptions<Key, Answer>;
  readonly #questions = new Map<Key, Question<Answer>>();
  readonly #waited = new Set<Key>();
  readonly #ahead = new Set<Key>();
  #inFlight = 0;
  #cancel: (() => void) | undefined;
  #most = 0;
  #isClosed = false;

  constructor(options: QuestionsOptions<Key, Answer>) {
    this.#options = options;
  }

  /** How many keys were asked for. */
  get asked(): number {
    return this.#questions.size - this.#waited.size - this.#ahead.size;
  }

  ask(key: Key): Promise<Answer | undefined> {
    const known = this.#questions.get(key);
    if (known !== undefined) {
      if (this.#ahead.delete(key)) this.#queue(this.#waited, key);
      return known.answer;
    }
    return this.#add(this.#waited, key);
  }

  /** `undefined` where the key was asked for before. */
  askAhead(key: Key): Promise<Answer | undefined> | undefined {
    return this.#questions.has(key) ? undefined : this.#add(this.#ahead, key);
  }

  /** Nothing more is asked; whoever waits has no answer. */
  close(): void {
    this.#isClosed = true;
    this.#cancel?.();
    for (const { resolve } of this.#questions.values()) resolve(undefined);
    this.#waited.clear();
    this.#ahead.clear();
  }

  #giveUp(): void {
    for (const queue of [this.#waited, this.#ahead]) {
      for (const key of queue) this.#questions.get(key)?.resolve(undefined);
      queue.clear();
    }
  }

  #add(to: Set<Key>, key: Key): Promise<Answer | undefined> {
    if (this.#isClosed) return Promise.resolve(undefined);
    const { promise, resolve } = Promise.withResolvers<Answer | undefined>();
    this.#questions.set(key, { answer: promise, resolve });
    this.#queue(to, key);
    return promise;
  }

  #queue(to: Set<Key>, key: Key): void {
    to.add(key);
    this.#cancel ??= this.#options.timers.after(TOGETHER_MS, () => {
      this.#cancel = undefined;
      void this.#send();
    });
  }

  async #send(): Promise<void> {
    if (this.#most === 0) this.#most = await this.#options.ready();
    if (this.#most === 0) return this.#giveUp();
    while (!this.#isClosed) {
      const keys = this.#take();
      if (keys.length === 0) return;
      this.#inFlight += 1;
      void this.#request(keys);
    }
  }

  async #request(keys: readonly Key[]): Promise<void> {
    const answers = await this.#options.ask(keys);
    for (const key of keys) this.#questions.get(key)?.resolve(answers.get(key));
    this.#inFlight -= 1;
    await this.#send();
  }

  #take(): readonly Key[] {
    const queue = this.#waited.size > 0 ? this.#waited : this.#ahead;
    const most = queue === this.#waited ? IN_FLIGHT : IN_FLIGHT_AHEAD;
    if (this.#inFlight >= most) return [];
    const keys = queue.values().take(this.#most).toArray();
    for (const key of keys) queue.delete(key);
    return keys;
  }
}
