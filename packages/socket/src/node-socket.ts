/*
 * A net.Socket over any Transport, for those who can only work with one: Node's TLS, and the engines. It must not
 * know what road is below it.
 */

import { Socket, type AddressInfo } from 'node:net'

import { clock, type Timer } from '@net/core/authoring'

import type { Transport } from './transport.ts'

/** What kind of socket it is. */
export interface NodeSocketOptions {
  /** Half-open only if asked for, as Node's own sockets. */
  readonly allowHalfOpen?: boolean
  /** Resolves once the transport is connected, where it is not yet; a rejection destroys the socket. */
  readonly connected?: Promise<void>
}

/** A net.Socket without a handle: what is read and written goes through the transport, which is its own from then on. */
export class NodeSocket extends Socket {
  readonly #transport: Transport
  #reading = false
  #received = 0
  #sent = 0
  #limit = 0
  #silence: Timer | undefined

  constructor(transport: Transport, options: NodeSocketOptions = {}) {
    super({ allowHalfOpen: options.allowHalfOpen === true })
    this.#transport = transport
    // Declared read-only, but it is Node's own way to show it.
    if (options.connected !== undefined) Reflect.set(this, 'connecting', true)
    defineFacts(this, transport, { received: () => this.#received, sent: () => this.#sent })
    if (options.connected === undefined) this.#announce()
    else this.#await(options.connected)
    // A transport that is lost between reads reports that at once, as a socket would.
    void transport.closed?.then((error) => {
      if (error !== undefined) this.destroy(error)
    })
  }

  /** It connects by itself: whoever asks is told when it has. */
  override connect(...given: readonly unknown[]): this {
    const heard = given.findLast((each) => typeof each === 'function')
    if (heard !== undefined) this.once('connect', heard as () => void)
    return this
  }

  override _read(): void {
    if (this.#reading) return
    this.#reading = true
    this.#transport.read().then(
      (chunk) => this.#arrived(chunk),
      (error: Error) => void this.destroy(error),
    )
  }

  override _write(chunk: string | Uint8Array, encoding: BufferEncoding, done: Done): void {
    this.#send([bytesOf(chunk, encoding)], done)
  }

  override _writev(
    chunks: readonly { chunk: string | Uint8Array; encoding: BufferEncoding }[],
    done: Done,
  ): void {
    this.#send(
      chunks.map(({ chunk, encoding }) => bytesOf(chunk, encoding)),
      done,
    )
  }

  override _final(done: Done): void {
    settle(this.#transport.end(), done)
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.#silence?.clear()
    if (error === null && this.writableFinished) void this.#transport.close()
    else this.#transport.abort(error ?? undefined)
    done(error)
    // net.Socket leaves 'close' to its handle, and there is none.
    process.nextTick(() => this.emit('close', error !== null))
  }

  override resetAndDestroy(): this {
    this.#transport.abort()
    return this.destroy()
  }

  override setTimeout(milliseconds: number, callback?: () => void): this {
    if (callback !== undefined) {
      if (milliseconds === 0) this.off('timeout', callback)
      else this.once('timeout', callback)
    }
    // Declared read-only, but it is Node's own way to show the limit.
    Reflect.set(this, 'timeout', milliseconds)
    this.#limit = milliseconds
    this.#touch()
    return this
  }

  override address(): AddressInfo | Record<string, never> {
    const { local } = this.#transport.info
    if (local === undefined || local.path !== undefined) return {}
    return { address: local.host, port: local.port, family: familyOf(local.host) }
  }

  override ref(): this {
    this.#below?.ref?.()
    return this
  }

  override unref(): this {
    this.#below?.unref?.()
    return this
  }

  /** The socket of the system, where there is one. */
  get #below(): Partial<Pick<Socket, 'ref' | 'unref'>> | undefined {
    return this.#transport.duplex as Partial<Socket> | undefined
  }

  /** Code that waits for the connection, as Node's TLS does, is called at once. */
  #announce(): void {
    this.on('newListener', (name: string) => {
      if (name === 'connect') process.nextTick(() => this.emit('connect'))
    })
  }

  #await(connected: Promise<void>): void {
    connected.then(
      () => {
        if (this.destroyed) return
        Reflect.set(this, 'connecting', false)
        defineAddresses(this, this.#transport)
        this.emit('connect')
        this.emit('ready')
        this.#announce()
      },
      (error: Error) => void this.destroy(error),
    )
  }

  #arrived(chunk: Uint8Array | null): void {
    this.#reading = false
    if (this.destroyed) return
    this.#touch()
    this.#received += chunk?.length ?? 0
    this.push(chunk)
  }

  #send(chunks: readonly Uint8Array[], done: Done): void {
    this.#touch()
    for (const chunk of chunks) this.#sent += chunk.length
    settle(this.#transport.write(chunks), done)
  }

  #touch(): void {
    this.#silence?.clear()
    this.#silence = undefined
    if (this.#limit === 0 || this.destroyed) return
    this.#silence = clock().after(this.#limit, () => void this.emit('timeout'))
  }
}

type Done = (error?: Error | null) => void

function settle(promise: Promise<void>, done: Done): void {
  promise.then(
    () => done(),
    (error: Error) => done(error),
  )
}

function bytesOf(chunk: string | Uint8Array, encoding: BufferEncoding): Uint8Array {
  return typeof chunk === 'string' ? Buffer.from(chunk, encoding) : chunk
}

function defineFacts(
  socket: Socket,
  transport: Transport,
  count: { readonly received: () => number; readonly sent: () => number },
): void {
  defineAddresses(socket, transport)
  Object.defineProperty(socket, 'bytesRead', { get: count.received, configurable: true })
  Object.defineProperty(socket, 'bytesWritten', { get: count.sent, configurable: true })
}

function defineAddresses(socket: Socket, transport: Transport): void {
  const { endpoint, local, remote } = transport.info
  // Engines take a socket without a remote address for one that is closed.
  const far = remote ?? endpoint
  const facts = {
    remoteAddress: far.path ?? far.host,
    remotePort: far.port,
    remoteFamily: familyOf(far.host),
    localAddress: local?.host,
    localPort: local?.port,
    localFamily: local === undefined ? undefined : familyOf(local.host),
    pending: socket.connecting,
  }
  for (const [name, value] of Object.entries(facts)) {
    Object.defineProperty(socket, name, { value, configurable: true })
  }
}

function familyOf(host: string): string {
  return host.includes(':') ? 'IPv6' : 'IPv4'
}
