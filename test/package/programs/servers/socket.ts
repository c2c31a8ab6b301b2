// What the program of @net/socket talks to.
import { startEchoServer } from '@net/socket/testing'

export async function serve(resources: AsyncDisposableStack): Promise<string[]> {
  return [resources.use(await startEchoServer()).url]
}
