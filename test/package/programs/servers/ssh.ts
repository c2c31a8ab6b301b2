// What the program of @net/ssh talks to.
import { startSshServer } from '@net/ssh/testing'

export async function serve(resources: AsyncDisposableStack): Promise<string[]> {
  const server = resources.use(await startSshServer({ exec: { say: 'done' } }))
  return [server.url, server.hostKey.fingerprint]
}
