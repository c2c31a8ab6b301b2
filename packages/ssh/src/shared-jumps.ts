/* Hosts to go through, each with one connection for all that go through it, also where they ask for it at once. */

import { ConnectionLostError } from '@net/core'
import type { Dialer } from '@net/socket'

import type { SshConnectOptions, SshJump } from './client-options.ts'
import type { SshClient } from './client.ts'

/** How a host to go through is connected to. */
export type JumpConnect = (url: string | URL, options: SshConnectOptions) => Promise<SshClient>

/** The hosts that are gone through. Disposing closes their connections. */
export class SharedJumps implements AsyncDisposable {
  readonly #connect: JumpConnect
  readonly #known = new Map<unknown, SharedJump>()

  constructor(connect: JumpConnect) {
    this.#connect = connect
  }

  /** The road through these hosts. Names and URLs are the same host where they are written the same; objects are where they are one. */
  dialer(jump: SshJump | readonly SshJump[], shared: SshConnectOptions): Dialer {
    const hops = [jump].flat()
    const name = hops.every((hop) => typeof hop === 'string') ? hops.join(' ') : jump
    const known = this.#known.get(name) ?? new SharedJump(() => this.#open(hops, shared))
    this.#known.set(name, known)
    return known
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([...this.#known.values()].map((jump) => jump.close()))
  }

  #open(hops: readonly SshJump[], shared: SshConnectOptions): Promise<SshClient> {
    const before = hops.slice(0, -1)
    const last = hops.at(-1) ?? ''
    const { url, ...own } = typeof last === 'string' ? { url: last } : last
    const road = before.length === 0 ? {} : { jump: before }
    return this.#connect(url, { ...shared, ...own, ...road })
  }
}

class SharedJump implements Dialer {
  readonly name = 'ssh'
  readonly #open: () => Promise<SshClient>
  #client: Promise<SshClient> | undefined

  constructor(open: () => Promise<SshClient>) {
    this.#open = open
  }

  async dial(...call: Parameters<Dialer['dial']>): ReturnType<Dialer['dial']> {
    const opened = this.#connected()
    const client = await opened
    try {
      return await client.dialer.dial(...call)
    } catch (error) {
      if (!(error instanceof ConnectionLostError)) throw error
      // It is known here before the client has said goodbye.
      this.#forget(opened)
      return (await this.#connected()).dialer.dial(...call)
    }
  }

  async close(): Promise<void> {
    const client = await this.#client?.catch(() => undefined)
    await client?.close()
  }

  /** One that is lost, or could not be opened, is opened anew for the next one. */
  #connected(): Promise<SshClient> {
    if (this.#client !== undefined) return this.#client
    const client = this.#open()
    this.#client = client
    const gone = (): void => this.#forget(client)
    client.then((opened) => opened.closed.then(gone), gone)
    return client
  }

  #forget(client: Promise<SshClient>): void {
    if (this.#client === client) this.#client = undefined
  }
}
