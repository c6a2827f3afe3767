import { reach } from '@skein/model';
import type { CheckpointCall, LogChunk, Result, SavedSnapshot } from '@skein/model';
import type { Digest } from '@skein/values';
import type {
  AttemptHost,
  CallReply,
  CallRequest,
  CheckpointAnswer,
  EndedCheckpoint,
  MapCallRequest,
} from './executor.ts';
import type { CustodyRequest } from './custody-request.ts';
import type { AttemptId, DurableAnswer, DurableRequest, FromWorker } from './message.ts';

type Send = (message: FromWorker) => void;

/** The way to the coordinator. */
export interface Line {
  readonly send: Send;
  /** What was sent leaves now, whatever blocks afterwards. */
  readonly flush: () => void;
}

interface OpenMap {
  /** Those that came so far. */
  readonly replies: CallReply[];
  readonly resolve: (replies: readonly CallReply[]) => void;
}

/** The coordinator's side of one attempt, as the worker reaches it: by messages. */
export class RemoteHost implements AttemptHost {
  readonly #id: AttemptId;
  readonly #send: Send;
  readonly #leaveNow: () => void;
  readonly #artifacts: ArtifactQuestions;
  /** Most actions make no call. */
  #calls: Map<number, (reply: CallReply) => void> | undefined;
  #maps: Map<number, OpenMap> | undefined;
  #durable: Map<number, (answer: DurableAnswer) => void> | undefined;
  #asked = 0;
  #progress: { readonly done: number; readonly total: number | undefined } | undefined;

  constructor(id: AttemptId, line: Line, artifacts: ArtifactQuestions) {
    this.#id = id;
    this.#send = line.send;
    this.#leaveNow = line.flush;
    this.#artifacts = artifacts;
  }

  started(): void {
    this.#send({ kind: 'started', id: this.#id });
  }

  call(request: CallRequest): Promise<CallReply> {
    this.#send({ kind: 'call', id: this.#id, request });
    reach('call-sent');
    this.#calls ??= new Map();
    const calls = this.#calls;
    return new Promise((resolve) => calls.set(request.call, resolve));
  }

  map(request: MapCallRequest): Promise<readonly CallReply[]> {
    this.#send({ kind: 'map', id: this.#id, request });
    this.#maps ??= new Map();
    const maps = this.#maps;
    return new Promise((resolve) => maps.set(request.call, { replies: [], resolve }));
  }

  abandon(call: number): void {
    this.#calls?.delete(call);
    this.#maps?.delete(call);
    this.#send({ kind: 'abandon', id: this.#id, call });
  }

  /** Leaves at once: what was printed last before a crash is what one wants to see. */
  logged(stream: 'stdout' | 'stderr', text: string): void {
    this.#send({ kind: 'log', id: this.#id, stream, text });
    this.#leaveNow();
  }

  /** A loop may tell its progress a million times; the latest of a turn is enough. */
  progressed(done: number, total: number | undefined): void {
    const isDue = this.#progress === undefined;
    this.#progress = { done, total };
    if (isDue) setImmediate(() => this.flush());
  }

  artifactOf(file: Digest): Promise<Digest | undefined> {
    return this.#artifacts.ask(this.#id, file);
  }

  extended(chunk: LogChunk): void {
    this.#send({ kind: 'extended', chunk });
  }

  /** Leaves at once: another action may read the path as soon as it is written. */
  wrote(path: string): void {
    this.#send({ kind: 'wrote', id: this.#id, path });
    this.#leaveNow();
  }

  async checkpoint(call: CheckpointCall): Promise<CheckpointAnswer | null> {
    return (await this.#ask({ what: 'checkpoint', call })) as CheckpointAnswer | null;
  }

  async checkpointed(ended: EndedCheckpoint): Promise<void> {
    await this.#ask({ what: 'checkpointed', ended });
  }

  async snapshot(): Promise<SavedSnapshot | null> {
    return (await this.#ask({ what: 'snapshot' })) as SavedSnapshot | null;
  }

  async snapshotSaved(snapshot: SavedSnapshot): Promise<void> {
    await this.#ask({ what: 'snapshot-saved', snapshot });
  }

  durableAnswered(request: number, answer: DurableAnswer): void {
    this.#durable?.get(request)?.(answer);
    this.#durable?.delete(request);
  }

  replied(call: number, reply: CallReply): void {
    this.#calls?.get(call)?.(reply);
    this.#calls?.delete(call);
  }

  mapReplied(call: number, replies: readonly CallReply[], last: boolean): void {
    const open = this.#maps?.get(call);
    if (open === undefined) return;
    for (const reply of replies) open.replies.push(reply);
    if (!last) return;
    this.#maps?.delete(call);
    open.resolve(open.replies);
  }

  /** What is to be recorded leaves at once: the code that follows may end the process. */
  #ask(asked: DurableRequest): Promise<DurableAnswer> {
    this.#asked += 1;
    const request = this.#asked;
    this.#send({ kind: 'durable', id: this.#id, request, asked });
    this.#durable ??= new Map();
    const open = this.#durable;
    const answer = new Promise<DurableAnswer>((resolve) => open.set(request, resolve));
    if (asked.what === 'checkpointed' || asked.what === 'snapshot-saved') this.#leaveNow();
    return answer;
  }

  /** What is held back goes out: before the end is told. */
  flush(): void {
    if (this.#progress === undefined) return;
    this.#send({ kind: 'progress', id: this.#id, ...this.#progress });
    this.#progress = undefined;
  }
}

/** Questions for the artifact that holds a file, of all attempts in one worker. */
export class ArtifactQuestions {
  readonly #send: Send;
  readonly #open = new Map<number, (artifact: Digest | undefined) => void>();
  #asked = 0;

  constructor(send: Send) {
    this.#send = send;
  }

  ask(id: AttemptId, file: Digest): Promise<Digest | undefined> {
    this.#asked += 1;
    const request = this.#asked;
    this.#send({ kind: 'artifact-request', id, request, file });
    return new Promise((resolve) => this.#open.set(request, resolve));
  }

  answer(request: number, artifact: Digest | null): void {
    this.#open.get(request)?.(artifact ?? undefined);
    this.#open.delete(request);
  }
}

/** What a worker in a container asks the coordinator to do in the state. */
export class CustodyQuestions {
  readonly #line: Line;
  readonly #open = new Map<number, (answer: Result<string>) => void>();
  #asked = 0;

  constructor(line: Line) {
    this.#line = line;
  }

  ask(id: AttemptId, asked: CustodyRequest): Promise<Result<string>> {
    this.#asked += 1;
    const request = this.#asked;
    this.#line.send({ kind: 'custody', id, request, asked });
    return new Promise((resolve) => this.#open.set(request, resolve));
  }

  answer(request: number, answer: Result<string>): void {
    this.#open.get(request)?.(answer);
    this.#open.delete(request);
  }
}
