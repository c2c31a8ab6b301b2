// A server that counts what handlers of jobs do, each a line on a connection of its own. A test can keep a line from being answered.
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net'
import { join } from 'node:path'

/** What a handler told. */
export interface Effect {
  readonly what: string
  readonly id: string
  readonly attempt: number
  readonly at: number
}

/** How a process works. */
export interface HandPlan {
  readonly url: string
  /** Of the server of effects. */
  readonly port: number
  /** What its handlers do; see `queue-hand.ts`. */
  readonly work: 'marked' | 'plain' | 'deaf' | 'poison'
  readonly lease: number
  readonly concurrency?: number
  readonly deadlineGrace?: number
}

/** The server. */
export class EffectServer implements AsyncDisposable {
  readonly seen: Effect[] = []
  readonly #server: Server
  readonly #held = new Map<string, Socket[]>()
  readonly #hands: ChildProcess[] = []
  readonly #waiting = new Set<() => void>()

  private constructor(server: Server) {
    this.#server = server
    server.on('connection', (socket) => {
      socket.on('error', () => {})
      socket.once('data', (data) => this.#heard(data.toString(), socket))
    })
  }

  static async start(): Promise<EffectServer> {
    const server = createServer({ allowHalfOpen: true }).listen(0, '127.0.0.1')
    await once(server, 'listening')
    return new EffectServer(server)
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port
  }

  /** Lines of that kind are not answered until `release`. */
  hold(what: string): void {
    this.#held.set(what, [])
  }

  release(what: string): void {
    const held = this.#held.get(what) ?? []
    this.#held.delete(what)
    for (const socket of held) socket.end('ok\n')
  }

  of(what: string): readonly Effect[] {
    return this.seen.filter((effect) => effect.what === what)
  }

  /** Waits until that holds of what was seen. */
  async until(holds: () => boolean): Promise<void> {
    while (!holds()) await new Promise<void>((resolve) => this.#waiting.add(resolve))
  }

  /** Starts a process that works; `more` are options of Node. */
  hand(plan: Omit<HandPlan, 'port'>, ...more: readonly string[]): ChildProcess {
    const program = join(import.meta.dirname, 'queue-hand.ts')
    const whole: HandPlan = { ...plan, port: this.port }
    const args = ['--conditions=@net/source', ...more, program, JSON.stringify(whole)]
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'inherit'] })
    this.#hands.push(child)
    return child
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stopHands()
    this.#server.close()
  }

  /** Kills the processes that still work. */
  async stopHands(): Promise<void> {
    for (const child of this.#hands) {
      if (child.exitCode !== null || child.signalCode !== null) continue
      const exit = once(child, 'exit')
      child.kill('SIGKILL')
      await exit
    }
  }

  #heard(line: string, socket: Socket): void {
    const effect = JSON.parse(line) as Omit<Effect, 'at'>
    this.seen.push({ ...effect, at: performance.now() })
    const held = this.#held.get(effect.what)
    if (held === undefined) socket.end('ok\n')
    else held.push(socket)
    const waiting = [...this.#waiting]
    this.#waiting.clear()
    for (const look of waiting) look()
  }
}

/** Tells the server; resolves when it has answered. */
export async function tell(port: number, effect: Omit<Effect, 'at'>): Promise<void> {
  const socket = connect(port, '127.0.0.1')
  socket.end(JSON.stringify(effect))
  socket.resume()
  await once(socket, 'close')
}
