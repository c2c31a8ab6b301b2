// Where the program of @net/core writes.
import { join } from 'node:path'
import { temporaryFolder } from '../../packed.ts'

export async function serve(resources: AsyncDisposableStack): Promise<string[]> {
  return [join(resources.use(temporaryFolder()).path, 'written.txt')]
}
