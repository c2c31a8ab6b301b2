// What the program http-tls talks to.
import { acceptWebSocket, startHttpServer } from '@net/http/testing'
import { createCertificates } from '@net/socket/testing'

export async function serve(resources: AsyncDisposableStack): Promise<string[]> {
  const authority = createCertificates()
  const server = await startHttpServer({
    tls: authority.issue({ names: ['127.0.0.1'] }),
    routes: {
      '/done': { body: 'done' },
      '/shout': (request) =>
        acceptWebSocket(request, async (socket) => {
          for await (const message of socket) await socket.send(String(message).toUpperCase())
        }),
    },
  })
  return [resources.use(server).url, authority.ca]
}
