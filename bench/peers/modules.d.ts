/** As much of the peers' types as is used: the checks do not wait for peers to be installed. */

declare module 'openworkflow' {
  export interface StepApi {
    run<T>(config: { readonly name: string }, work: () => T | Promise<T>): Promise<T>;
  }
  export interface WorkflowContext<Input> {
    readonly input: Input;
    readonly step: StepApi;
  }
  export interface RunHandle<Output> {
    result(): Promise<Output>;
  }
  export interface RunnableWorkflow<Input, Output> {
    run(input: Input): Promise<RunHandle<Output>>;
  }
  export class OpenWorkflow {
    constructor(options: { readonly backend: unknown });
    defineWorkflow<Input, Output>(
      spec: { readonly name: string },
      work: (context: WorkflowContext<Input>) => Promise<Output>,
    ): RunnableWorkflow<Input, Output>;
    newWorker(options?: { readonly concurrency?: number }): {
      start(): Promise<void>;
      stop(): Promise<void>;
    };
  }
}

declare module 'openworkflow/sqlite' {
  export class BackendSqlite {
    static connect(path: string): BackendSqlite;
    stop(): Promise<void>;
  }
}

declare module 'piscina' {
  export class Piscina {
    constructor(options: {
      readonly filename: string;
      readonly name: string;
      readonly minThreads: number;
      readonly maxThreads: number;
    });
    run(input: number): Promise<number>;
    destroy(): Promise<void>;
  }
}
