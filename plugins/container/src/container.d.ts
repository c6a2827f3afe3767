import type { Socket } from 'node:net';
import { PassThrough } from 'node:stream';
import type { Containment, Launched, ProcessEnd } from '@skein/executors';
import type { Result } from '@skein/model';
import type { Channel } from './channel.ts';
import type { Engine } from './engine.ts';
import type { ContainerPlan } from './run-arguments.ts';
/** What is started, and how to find it again. */
export interface ContainerSpec {
    readonly engine: Engine;
    /** The name that it is removed by. */
    readonly name: string;
    readonly scratch: string;
    readonly channel: Channel;
    readonly containment: Containment;
    readonly limited: boolean;
    /** What it takes until it can be started, which may be long. */
    readonly plan: Promise<Result<ContainerPlan>>;
    /** The engine's call that holds it begins, and has ended. */
    readonly held: (pid: number) => void;
    readonly released: (pid: number) => void;
}
/**
 * A worker in a container, held by a call of the engine in the foreground.
 *
 * K1: `ended` resolves once, when the container is removed: stopped ones are not left either.
 * K2: after `kill` nothing begins in it: whoever connects finds nobody, what runs is ended.
 */
export declare class Container implements Launched {
    #private;
    readonly channel: Promise<Socket>;
    readonly stdout: PassThrough;
    readonly stderr: PassThrough;
    readonly container: Containment;
    readonly ended: Promise<ProcessEnd>;
    constructor(spec: ContainerSpec);
    get pid(): number | undefined;
    kill(): void;
}
