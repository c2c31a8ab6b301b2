/*
 * A road that is a program's input and output (ProxyCommand of ssh_config). The program ends with the road, always: its input
 * is closed, then it is asked, then killed.
 */

import { once } from 'node:events'
import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process'
import { Duplex } from 'node:stream'

import { formatEndpoint } from '@net/core'
import {
  clientContext,
  clock,
  harmless,
  netError,
  operation,
  own,
  startError,
  type Timer,
} from '@net/core/authoring'
import { fromSocket, type Dialer, type DialOptions } from '@net/socket'
import { handled } from '@net/socket/authoring'

import { sshErrors } from './engine/ssh2-errors.ts'

/**
 * Dials by running the command in a shell, and waits until it has printed something, as a server of SSH does first: within
 * the limit `proxy`. Rejects with `NET_PROXY_UNREACHABLE` if it ends before.
 */
export function proxyCommandDialer(command: string): Dialer {
  return {
    name: 'command',
    dial(endpoint, options) {
      const target = formatEndpoint(endpoint)
      const spec = {
        protocol: 'ssh',
        operation: 'dial',
        target,
        endpoint: target,
        kind: 'session',
        errors: sshErrors,
        client: own(options, 'client') ?? clientContext({}),
        ...parentOf(options),
      } as const
      return operation(
        spec,
        { signal: own(options, 'signal'), timeout: own(options, 'timeout') },
        (op) =>
          op.phase('proxy', async () => {
            const road = new CommandRoad(await started(command))
            const forget = op.onAbort(() => void road.destroy())
            try {
              await road.heard
              return fromSocket(road, { endpoint, hops: [{ kind: 'command', endpoint }] })
            } catch (error) {
              road.destroy()
              throw error
            } finally {
              forget()
            }
          }),
      )
    },
  }
}

function parentOf(options: DialOptions | undefined): { readonly parent?: number } {
  const parent = own(options, 'parent')
  return parent === undefined ? {} : { parent }
}

/**
 * Starts the program. Rejects with `NET_LOCAL_LIMIT` where the system takes no other (a child without streams would be left),
 * `NET_LOCAL_IO` and `NET_BAD_OPTION`; none of them shows the command.
 */
async function started(command: string): Promise<ChildProcessWithoutNullStreams> {
  try {
    // A signal reaches the command itself, and not a shell in front of it.
    const child = spawn('/bin/sh', ['-c', `exec ${command}`], { stdio: 'pipe' })
    await once(child, 'spawn')
    return child
  } catch (error) {
    throw startError(error, {
      refused: 'the proxy command has a NUL character',
      failed: (code) => `the proxy command could not be started: /bin/sh gives ${code}`,
    })
  }
}

/** What the program reads and prints, as one stream. */
class CommandRoad extends Duplex {
  readonly #child: ChildProcessWithoutNullStreams
  #said = ''
  /** Resolves once it has printed something. */
  readonly heard: Promise<void>
  readonly #heard: PromiseWithResolvers<void> = Promise.withResolvers()
  #ladder: Timer | undefined

  constructor(child: ChildProcessWithoutNullStreams) {
    super({ allowHalfOpen: true })
    this.heard = handled(this.#heard.promise)
    this.#child = child
    const { stdin, stdout, stderr } = child
    stdin.on('error', () => {})
    stderr.setEncoding('utf8').on('data', (text: string) => {
      this.#said = (this.#said + text).slice(-SHOWN)
    })
    stdout.on('data', (chunk: Buffer) => {
      this.#heard.resolve()
      if (!this.push(chunk)) stdout.pause()
    })
    this.#child.on('error', (error) => this.#heard.reject(error))
    // After all that it has printed.
    this.#child.on('close', (status, signal) => this.#ended(status, signal))
  }

  override _read(): void {
    this.#child.stdout.resume()
  }

  override _write(chunk: Buffer, _: BufferEncoding, done: (error?: Error | null) => void): void {
    if (!this.#child.stdin.writable) done()
    else this.#child.stdin.write(chunk, () => done())
  }

  override _final(done: () => void): void {
    this.#child.stdin.end(done)
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    // What the program has started may hold the other ends for ever.
    for (const stream of [this.#child.stdin, this.#child.stdout, this.#child.stderr])
      stream.destroy()
    if (this.#child.exitCode === null && this.#child.signalCode === null) {
      this.#ladder = clock().after(GRACE, () => {
        this.#child.kill('SIGTERM')
        this.#ladder = clock().after(LAST, () => this.#child.kill('SIGKILL'))
      })
    }
    done(error)
  }

  #ended(status: number | null, signal: NodeJS.Signals | null): void {
    this.#ladder?.clear()
    const how = signal === null ? `with status ${status}` : `by ${signal}`
    const said = this.#said.trim() === '' ? '' : `; it says: "${harmless(this.#said.trim())}"`
    this.#heard.reject(
      netError('NET_PROXY_UNREACHABLE', {
        message: `the proxy command ended ${how} before the server said anything${said}`,
      }),
    )
    if (!this.destroyed) this.push(null)
  }
}

const SHOWN = 500
const GRACE = 500
const LAST = 1000
