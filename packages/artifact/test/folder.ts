import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { digestOf } from '@skein/values';
import type { Digest } from '@skein/values';
import type { Result } from '@skein/model';

/** A folder that is removed when it goes out of scope. */
export class TestFolder implements Disposable {
  readonly path = mkdtempSync(join(tmpdir(), 'skein-artifact-'));
  #count = 0;

  /** A file with this content, under a name of its own. */
  file(content: string | Uint8Array): { readonly digest: Digest; readonly path: string } {
    this.#count += 1;
    const path = this.at(`source-${this.#count}`);
    writeFileSync(path, content);
    return { digest: digestOf('blob', content), path };
  }

  at(name: string): string {
    return join(this.path, name);
  }

  [Symbol.dispose](): void {
    rmSync(this.path, { recursive: true });
  }
}

export function mustSucceed<T>(result: Result<T>): T {
  if (!result.ok) throw new Error(JSON.stringify(result.failure));
  return result.value;
}

/** The stable code of a refusal. */
export function reasonOf(result: Result<unknown>): string | undefined {
  if (result.ok) return undefined;
  const { code, facts } = result.failure;
  return code === 'artifact-invalid' ? new Map(facts).get('reason') : code;
}
