/*
 * The frames of WebSockets by ws, which is good at them: its receiver and its sender alone, without its sockets, handshake and
 * timers. It must not know connections.
 */

import { PerMessageDeflate, Receiver, Sender } from 'ws'

import type { FrameFault, FrameParts, Frames, MakeFrames } from '../web-socket-frames.ts'
import { maskedFrame } from './masked-frame.ts'
import type { Deflate, Done, Engine, FrameSocket, WsSender } from './ws-types.ts'

/** Makes frames. */
export const wsFrames: MakeFrames = (parts) => new WsFrames(parts)

class WsFrames implements Frames {
  readonly #receiver: InstanceType<Engine['Receiver']>
  readonly #sender: WsSender
  readonly #write: FrameParts['write']
  readonly #mask: boolean
  readonly #compress: boolean
  readonly #deflate: Deflate | undefined
  #isOver = false

  constructor(parts: FrameParts) {
    const { role, maxMessageBytes, deflate, events } = parts
    const isServer = role === 'server'
    // It counts in 32 bits, and takes 0 for no limit.
    const maxPayload = maxMessageBytes > MOST_COUNTED ? 0 : maxMessageBytes
    this.#write = (chunks) => parts.write(chunks)
    this.#mask = !isServer
    this.#compress = deflate !== undefined
    this.#deflate = deflate && agreed(deflate, isServer, maxPayload)
    const extensions =
      this.#deflate === undefined ? {} : { [PerMessageDeflate.extensionName]: this.#deflate }
    this.#sender = new Sender(new Output(parts), extensions)
    this.#receiver = new Receiver({ extensions, isServer, maxPayload, ...BOUNDS })
    // The write that caused it gets the error as well.
    this.#receiver.on('error', () => this.#cleanUp())
    this.#receiver.on('message', (data: Buffer, isBinary: boolean) =>
      events.message(isBinary ? data : data.toString()),
    )
    this.#receiver.on('ping', (data: Buffer) => events.ping(data))
    this.#receiver.on('pong', (data: Buffer) => events.pong(data))
    this.#receiver.on('conclude', (code: number, reason: Buffer) => {
      this.#cleanUp()
      events.closing(code, reason.toString())
    })
  }

  receive(chunk: Uint8Array): Promise<void> | undefined {
    // What follows a goodbye means nothing (RFC 6455 section 5.5.1).
    if (this.#isOver) return undefined
    return this.#compress ? this.#inflated(chunk) : this.#taken(chunk)
  }

  message(data: string | Uint8Array): Promise<void> | undefined {
    // What is not compressed waits for nothing in the sender either.
    if (this.#mask && !this.#compress) return this.#write([maskedFrame(data)])
    const binary = typeof data !== 'string'
    const options = { binary, compress: this.#compress, fin: true, mask: this.#mask }
    return done((settle) => this.#sender.send(data, options, settle))
  }

  ping(data: Uint8Array): Promise<void> | undefined {
    return done((settle) => this.#sender.ping(data, this.#mask, settle))
  }

  pong(data: Uint8Array): Promise<void> | undefined {
    return done((settle) => this.#sender.pong(data, this.#mask, settle))
  }

  close(code: number | undefined, reason: string): Promise<void> | undefined {
    return done((settle) => this.#sender.close(code, reason, this.#mask, settle))
  }

  /** Without compression the receiver is done with the bytes when it returns. */
  #taken(chunk: Uint8Array): Promise<void> | undefined {
    const receiver = this.#receiver
    receiver.write(chunk)
    const { errored } = receiver
    return errored === null ? undefined : Promise.reject(faultOf(errored))
  }

  #inflated(chunk: Uint8Array): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#receiver.write(chunk, (error) => {
        if (error === null || error === undefined) resolve()
        else reject(faultOf(error))
      })
    })
  }

  #cleanUp(): void {
    this.#isOver = true
  }
}

/** What a sender takes for a socket: the frames of a turn leave together. */
class Output implements FrameSocket {
  readonly destroyed = false
  readonly #parts: FrameParts
  #chunks: Uint8Array[] = []
  #waiting: Done[] = []
  #corked = false

  constructor(parts: FrameParts) {
    this.#parts = parts
  }

  cork(): void {
    this.#corked = true
  }

  uncork(): void {
    this.#corked = false
    this.#flush()
  }

  write(chunk: Uint8Array | string, done?: Done): void {
    // A server's text is not masked, and comes as it was given.
    this.#chunks.push(typeof chunk === 'string' ? Buffer.from(chunk) : chunk)
    if (done !== undefined) this.#waiting.push(done)
    if (!this.#corked) this.#flush()
  }

  #flush(): void {
    const waiting = this.#waiting
    const written = this.#parts.write(this.#chunks.splice(0))
    if (waiting.length === 0) {
      // What becomes of the connection is told elsewhere.
      written?.catch(() => {})
      return
    }
    this.#waiting = []
    if (written === undefined) for (const each of waiting) each()
    else
      written.then(
        () => waiting.forEach((each) => each()),
        (error: Error) => waiting.forEach((each) => each(error)),
      )
  }
}

function agreed(
  deflate: NonNullable<FrameParts['deflate']>,
  isServer: boolean,
  maxPayload: number,
): Deflate {
  const offer = Object.entries(deflate).map(([name, value]) => [name, [value as string | true]])
  const made = new PerMessageDeflate({
    isServer,
    maxPayload,
    ...(isServer ? { serverNoContextTakeover: true, clientNoContextTakeover: true } : {}),
  })
  made.accept([Object.fromEntries(offer) as Readonly<Record<string, readonly (string | true)[]>>])
  return made
}

/** Undefined if that has settled within the call, as most frames do. */
function done(run: (settle: Done) => void): Promise<void> | undefined {
  let isDone = false
  let wait: PromiseWithResolvers<void> | undefined
  run((error) => {
    if (error !== null && error !== undefined) {
      wait ??= Promise.withResolvers()
      wait.reject(error)
    } else if (wait === undefined) isDone = true
    else wait.resolve()
  })
  if (isDone) return undefined
  wait ??= Promise.withResolvers()
  return wait.promise
}

function faultOf(error: Error): FrameFault {
  const code = String(Reflect.get(error, 'code'))
  const closeCode = code.startsWith('Z_') ? 1007 : (CLOSE_CODES.get(code) ?? 1002)
  return Object.assign(new Error(error.message, { cause: error }), { closeCode })
}

const CLOSE_CODES: ReadonlyMap<string, number> = new Map([
  ['WS_ERR_INVALID_UTF8', 1007],
  ['WS_ERR_UNSUPPORTED_MESSAGE_LENGTH', 1009],
  ['WS_ERR_UNSUPPORTED_DATA_PAYLOAD_LENGTH', 1009],
  ['WS_ERR_TOO_MANY_BUFFERED_PARTS', 1009],
])
const MOST_COUNTED = 2_147_483_647
const BOUNDS = { maxBufferedChunks: 1_048_576, maxFragments: 131_072 }
