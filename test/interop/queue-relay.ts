// A relay between a queue and its server, which can lead elsewhere from now on, or swallow what the server says.
import { once } from 'node:events'
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net'

/** The relay, on loopback. */
export class Relay implements AsyncDisposable {
  /** Where new connections lead. */
  target: number
  readonly #server: Server
  readonly #sockets = new Set<Socket>()
  readonly #replies = new Set<Socket>()

  private constructor(server: Server, target: number) {
    this.#server = server
    this.target = target
    server.on('connection', (socket) => this.#join(socket))
  }

  static async start(target: number): Promise<Relay> {
    const server = createServer().listen(0, '127.0.0.1')
    await once(server, 'listening')
    return new Relay(server, target)
  }

  get url(): string {
    return `redis://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  /** Nothing comes back any more on the connections that there are. */
  swallow(): void {
    for (const socket of this.#replies) {
      socket.unpipe()
      socket.resume()
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#sockets) socket.destroy()
    this.#server.close()
    await once(this.#server, 'close')
  }

  #join(socket: Socket): void {
    const onward = connect(this.target, '127.0.0.1')
    this.#replies.add(onward)
    for (const [from, to] of [
      [socket, onward],
      [onward, socket],
    ] as const) {
      this.#sockets.add(from)
      from.on('error', () => {})
      from.on('close', () => {
        this.#sockets.delete(from)
        this.#replies.delete(from)
        to.destroy()
      })
      from.pipe(to)
    }
  }
}
