// What the program of @net/http talks to.
import { startHttpServer } from '@net/http/testing'

export async function serve(resources: AsyncDisposableStack): Promise<string[]> {
  const routes = { '/done': { body: 'done' } }
  return [`${resources.use(await startHttpServer({ routes })).url}/done`]
}
