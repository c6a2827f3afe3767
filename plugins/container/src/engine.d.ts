import type { ChildProcess } from 'node:child_process';
import type { Result } from '@skein/model';
import type { EngineFeatures, EngineKind } from './engine-info.ts';
/** The environment that an engine is called with: its settings, credentials and sockets. */
export type EngineEnvironment = Readonly<Record<string, string | undefined>>;
export interface EngineOutcome {
    /** `null`: it could not be started, or was ended by a signal. */
    readonly code: number | null;
    readonly stdout: string;
    /** Where it could not be started: why. */
    readonly stderr: string;
}
export interface EngineCall {
    /** Ends the call (not what the engine does elsewhere by then). */
    readonly signal?: AbortSignal;
    /** Each line as it comes, without its end. */
    readonly onLine?: (line: string, stream: 'stdout' | 'stderr') => void;
    /** What it reads. */
    readonly input?: string;
    /** Variables beside, or instead of, those of the engine's environment. */
    readonly variables?: EngineEnvironment;
}
export interface EngineSpawn {
    readonly variables?: EngineEnvironment;
    /** A process group of its own, which Ctrl-C does not reach. */
    readonly detached?: boolean;
}
/** Podman or Docker, by its command line. */
export interface Engine extends EngineFeatures {
    readonly kind: EngineKind;
    /** Absolute path of its program. */
    readonly path: string;
    readonly environment: EngineEnvironment;
    /** Runs a command to its end; never rejects. */
    run: (args: readonly string[], call?: EngineCall) => Promise<EngineOutcome>;
    /** Starts a command; nothing to read, output in pipes. */
    spawn: (args: readonly string[], how?: EngineSpawn) => ChildProcess;
}
export interface EngineSearch {
    /** `podman`, `docker` or the absolute path of either; absent: the first that answers. */
    readonly wanted?: string | undefined;
    /** The command's environment, in whose `PATH` it is looked for. */
    readonly environment: EngineEnvironment;
}
/** Finds the engine, and asks it what it can do: it must answer, not just be installed. */
export declare function findEngine(search: EngineSearch): Promise<Result<Engine>>;
interface Program {
    readonly path: string;
    readonly environment: EngineEnvironment;
}
export declare function runEngine({ path, environment }: Program, args: readonly string[], { signal, onLine, input, variables }?: EngineCall): Promise<EngineOutcome>;
export declare function findProgram(name: string, environment: EngineEnvironment): Promise<string | undefined>;
/** What an engine said last, for people. */
export declare function whatItSaid({ code, stdout, stderr }: EngineOutcome): string;
export {};
