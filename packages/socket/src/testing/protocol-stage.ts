/*
 * A protocol to check, and what the check of it works with: one server, one road that can be steered, and the clients
 * that a case makes. It must not know what is checked.
 */

import type { CallOptions, NetError } from '@net/core'

import type { Dialer } from '../dialer.ts'
import type { SteeredRoad } from './steered-road.ts'

/** What a client has besides its verbs. */
export interface CheckedClient extends AsyncDisposable {
  close(options?: { readonly grace?: number }): Promise<void>
  readonly closed: Promise<NetError | undefined>
}

/** Who may log in. */
export interface CheckedLogin {
  readonly user: string
  readonly password: string
}

/** A protocol to check: a server, its client, and two kinds of verbs. */
export interface ProtocolUnderTest<Client extends CheckedClient> {
  /** Starts a server on this machine, without TLS, that this user may log in to and nobody else. */
  serve(login: CheckedLogin): Promise<AsyncDisposable & { readonly url: string }>
  /** Connects and logs in, with these options and no limits or repeats of its own. */
  connect(
    url: string,
    options: CheckedLogin & CallOptions & { readonly dialer: Dialer },
  ): Promise<Client>
  /** Calls a verb that changes nothing and has a short answer, and resolves to what may be compared with the next answer. */
  ask(client: Client, options?: CallOptions): Promise<unknown>
  /** Calls a verb that the caller iterates, with two values or more. Leave it out if the protocol has none. */
  iterate?(client: Client, options?: CallOptions): AsyncIterable<unknown>
  /** Whether `connect` dials nothing: each call finds a connection, and another one after a loss, as in HTTP. Default false. */
  readonly lazy?: boolean
}

/** What a case works with: one server, one road, and the clients that it makes. */
export class ProtocolStage<Client extends CheckedClient = CheckedClient> {
  readonly protocol: ProtocolUnderTest<Client>
  readonly url: string
  readonly login: CheckedLogin
  readonly road: SteeredRoad
  readonly #clients: Client[] = []

  constructor(
    protocol: ProtocolUnderTest<Client>,
    { url, login, road }: Pick<ProtocolStage, 'url' | 'login' | 'road'>,
  ) {
    this.protocol = protocol
    this.url = url
    this.login = login
    this.road = road
  }

  get lazy(): boolean {
    return this.protocol.lazy === true
  }

  /** A client that has a connection, and has used it where it is lazy. */
  async client(options: ClientOptions = {}): Promise<Client> {
    const client = await this.unused(options)
    const { user: _, password: __, dialer: ___, ...call } = options
    if (this.lazy) await this.ask(client, call)
    return client
  }

  /** A client that has made no call yet. */
  async unused(options: ClientOptions = {}): Promise<Client> {
    const { login, road, url } = this
    const all = { dialer: road.dialer, ...login, ...options }
    const client = await this.protocol.connect(url, all)
    this.#clients.push(client)
    return client
  }

  ask(client: Client, options?: CallOptions): Promise<unknown> {
    return this.protocol.ask(client, { retry: false, ...options })
  }

  /** A call whose answer does not come until the road is steered; resolves when it has sent something, or has failed. */
  async asking(
    client: Client,
    options?: CallOptions,
  ): Promise<{ readonly answer: Promise<unknown> }> {
    const { road } = this
    road.steer('silent')
    const before = road.sent
    const answer = this.ask(client, options)
    answer.catch(() => {})
    // A short limit may pass before a busy machine has sent anything.
    await Promise.race([road.until(({ sent }) => sent > before), answer.catch(() => {})])
    return { answer }
  }

  /** The values of a loop in which `step` is called for each. */
  async loop(client: Client, step: (value: unknown) => unknown): Promise<unknown[]> {
    const values: unknown[] = []
    for await (const value of this.protocol.iterate?.(client) ?? []) {
      values.push(value)
      await step(value)
    }
    return values
  }

  /** Lets all clients go; what a broken one does then is of no interest. */
  async clear(): Promise<void> {
    await Promise.allSettled(this.#clients.map(async (client) => client.close({ grace: 0 })))
  }
}

type ClientOptions = CallOptions & Partial<CheckedLogin> & { readonly dialer?: Dialer }
