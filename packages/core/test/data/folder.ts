// A folder for one test, gone at its end.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** An empty folder; dispose it to remove it with everything in it. */
export interface TemporaryFolder extends AsyncDisposable {
  readonly path: string
  /** The path of a name in it. */
  at(...names: readonly string[]): string
}

/** Makes the folder. */
export async function temporaryFolder(): Promise<TemporaryFolder> {
  const path = await mkdtemp(join(tmpdir(), 'net-core-'))
  return {
    path,
    at: (...names) => join(path, ...names),
    [Symbol.asyncDispose]: () => rm(path, { recursive: true }),
  }
}
