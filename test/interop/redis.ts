// A Redis server of a test, or Valkey; it keeps what it acknowledged, and can be killed and started again on its port.
import { execFile, spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { connect } from 'node:net'
import { promisify } from 'node:util'
import { freePort } from '@net/async/testing'
import type { TestContext } from 'vitest'
import { temporaryFolder } from './child.ts'
import { requireDaemon } from './daemon.ts'

/** A server on loopback. */
export class RedisServer implements AsyncDisposable {
  readonly port: number
  readonly #program: string
  readonly #args: readonly string[]
  #process: ChildProcess | undefined
  #folder: Disposable | undefined

  private constructor(program: string, port: number, args: readonly string[]) {
    this.#program = program
    this.port = port
    this.#args = args
  }

  /** Starts the program with its files in the folder; `more` are options such as `--maxmemory-policy allkeys-lru`. */
  static async start(
    program: string,
    folder: string,
    ...more: readonly string[]
  ): Promise<RedisServer> {
    const port = await freePort()
    const where = ['--port', String(port), '--bind', '127.0.0.1', '--dir', folder, '--save', '']
    const kept = ['--appendonly', 'yes', '--appendfsync', 'always']
    const server = new RedisServer(program, port, [...where, ...kept, ...more])
    await server.begin()
    return server
  }

  /** Starts Redis in a folder of its own, which goes with it; skips or fails the test that asks where it is not installed. */
  static async alone(
    context: Pick<TestContext, 'skip'>,
    ...more: readonly string[]
  ): Promise<RedisServer> {
    const program = requireDaemon(context, 'redis-server')
    const folder = temporaryFolder('redis')
    const server = await RedisServer.start(program, folder.path, ...more)
    server.#folder = folder
    return server
  }

  get url(): string {
    return `redis://127.0.0.1:${this.port}`
  }

  /** What redis-cli prints for that command. */
  async ask(...command: readonly string[]): Promise<string> {
    const { stdout } = await run('redis-cli', ['-p', String(this.port), ...command])
    return stdout
  }

  /** Starts it again. */
  async begin(): Promise<void> {
    const child = spawn(this.#program, this.#args, { stdio: 'ignore' })
    this.#process = child
    while (!(await answers(this.port))) {
      if (child.exitCode !== null) throw new Error(`${this.#program} ended with ${child.exitCode}`)
    }
  }

  /** Kills it, as a crash would. */
  async kill(): Promise<void> {
    const child = this.#process
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return
    const exit = once(child, 'exit')
    child.kill('SIGKILL')
    await exit
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill()
    this.#folder?.[Symbol.dispose]()
  }
}

/** Whether it has loaded its data and answers. */
function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => socket.write('PING\r\n'))
    const over = (isThere: boolean): void => {
      socket.destroy()
      setTimeout(() => resolve(isThere), isThere ? 0 : 10)
    }
    socket.on('data', (data) => over(data.toString('latin1').startsWith('+PONG')))
    socket.on('error', () => over(false))
    socket.on('close', () => over(false))
  })
}

const run = promisify(execFile)
