/* A server that answers with exactly the bytes that a test wants, for what Node's own server would never send. */

import { createServer, type AddressInfo, type Socket } from 'node:net'

/** A running raw server. */
export interface RawServer extends AsyncDisposable {
  readonly url: string
  /** What each connection has sent, in the order of the connections. */
  readonly heard: readonly Buffer[]
  /** How many connections are open. */
  readonly open: number
}

/** Calls `answer` for the head of each request, with the number of the request on this server. */
export async function startRawServer(
  answer: (socket: Socket, number: number) => void,
): Promise<RawServer> {
  const sockets = new Set<Socket>()
  const heard: Buffer[] = []
  let requests = 0
  const server = createServer((socket) => {
    const at = heard.push(Buffer.alloc(0)) - 1
    let answered = 0
    sockets.add(socket)
    socket.on('error', () => {})
    socket.on('close', () => sockets.delete(socket))
    socket.on('data', (chunk: Buffer) => {
      heard[at] = Buffer.concat([heard[at]!, chunk])
      // Of all that came: a read may end within the line that ends a head.
      const heads = heard[at].toString('latin1').split('\r\n\r\n').length - 1
      for (; answered < heads; answered++) answer(socket, (requests += 1))
    })
  })
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    heard,
    get open() {
      return sockets.size
    },
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy()
      await new Promise((resolve) => {
        server.close(resolve)
      })
    },
  }
}

/** An answer with a body of known length. */
export function answerOf(body: string, headers = ''): string {
  return `HTTP/1.1 200 OK\r\ncontent-length: ${body.length}\r\n${headers}\r\n${body}`
}
