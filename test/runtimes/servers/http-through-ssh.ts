// What the program http-through-ssh talks to.
import { startHttpServer } from '@net/http/testing'
import { startSshServer } from '@net/ssh/testing'

export async function serve(resources: AsyncDisposableStack): Promise<string[]> {
  const web = resources.use(await startHttpServer({ routes: { '/done': { body: 'done' } } }))
  const gateway = resources.use(await startSshServer())
  return [gateway.url, gateway.hostKey.fingerprint, `${web.url}/done`]
}
