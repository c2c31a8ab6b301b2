/* A folder of a test, gone with it. */

import { mkdtempDisposable } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export interface TestFolder extends AsyncDisposable {
  readonly path: string
  at(...names: readonly string[]): string
}

export async function testFolder(): Promise<TestFolder> {
  const made = await mkdtempDisposable(join(tmpdir(), 'files-'))
  return {
    path: made.path,
    at: (...names) => join(made.path, ...names),
    [Symbol.asyncDispose]: () => made[Symbol.asyncDispose](),
  }
}
