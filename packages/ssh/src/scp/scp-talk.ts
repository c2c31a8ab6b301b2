/*
 * What the two sides of scp say to each other (the protocol of rcp): control lines, each answered with one byte, and the bytes of
 * a file between them. It must not know where the bytes come from or go to.
 */

import { isNetError, type NetError, type NetErrorCode } from '@net/core'
import { ByteQueue, harmless, netError, stoppable, type Operation } from '@net/core/authoring'

import type { RemoteCommand } from '../engine/ssh2-command.ts'

/** What a control line announces of a file. */
export interface ScpFile {
  readonly mode: number
  readonly size: number
  /** Chosen by the server, and used for nothing. */
  readonly name: string
}

/** One conversation. */
export class ScpTalk {
  readonly #op: Operation
  readonly #arrived = new ByteQueue()
  #command: RemoteCommand | undefined
  #wake: (() => void) | undefined
  #failure: NetError | undefined
  #complaint = ''
  #onFailure: ((error: NetError) => void) | undefined

  constructor(op: Operation) {
    this.#op = op
  }

  /** What the command prints, from its start on. */
  heard(name: 'stdout' | 'stderr', chunk: Uint8Array): boolean {
    if (name === 'stderr') this.#complaint = `${this.#complaint}${String(chunk)}`.slice(-SHOWN)
    else this.#arrived.push(chunk)
    this.#op.idle.moved(chunk.length)
    this.#wake?.()
    return this.#arrived.length < MOST_HELD
  }

  /** The command runs. */
  begin(command: RemoteCommand): void {
    this.#command = command
    command.ended.then(
      ({ exitCode }) => this.#end(ended(exitCode, this.#complaint)),
      (error: unknown) => this.#end(error as Error),
    )
  }

  /** Calls `heard` when the other side has gone, though what it said before may still be read. */
  onFailure(heard: (error: NetError) => void): void {
    this.#onFailure = heard
    if (this.#failure !== undefined) heard(this.#failure)
  }

  /** Resolves when the other side is content. Rejects with what it says. */
  async agreed(): Promise<void> {
    const [code = 0] = await this.bytes(1)
    if (code !== OK) throw refusal((await this.#line()).slice(0, SHOWN))
  }

  /** What comes next: a file, or undefined for the times of one. Rejects with what the other side says. */
  async announced(): Promise<ScpFile | undefined> {
    const line = await this.#line()
    const [code = 0] = Buffer.from(line, 'latin1')
    if (code === WARNING || code === FATAL) throw refusal(line.slice(1, SHOWN))
    if (/^T\d+ \d+ \d+ \d+$/.test(line)) return undefined
    const [, mode = '', size = '', name = ''] = /^C([0-7]{4}) (\d{1,16}) ([^\0]*)$/.exec(line) ?? []
    if (mode !== '') return { mode: parseInt(mode, 8), size: Number(size), name }
    if (line.startsWith('D')) {
      throw netError('NET_BAD_NAME', { message: 'it is a folder, not a regular file' })
    }
    throw netError('NET_PROTO_MALFORMED', {
      message: `the server sent "${harmless(line.slice(0, SHOWN))}" where scp announces a file`,
    })
  }

  /** Exactly so many bytes. */
  async bytes(length: number): Promise<Uint8Array> {
    await this.#until(() => this.#arrived.length >= length)
    return this.#taken(this.#arrived.take(length))
  }

  /** The next bytes, at most so many. */
  async some(most: number): Promise<Uint8Array> {
    await this.#until(() => this.#arrived.length > 0)
    return this.#taken(this.#arrived.next(most))
  }

  /** Sends a control line, or that all is well. Where the other side has gone, what it said before is still to be read. */
  async say(line: string = '\0'): Promise<void> {
    await this.#write(Buffer.from(line, 'utf8'))
  }

  /** Sends bytes of a file; resolves when there is room for more. Rejects with what the other side says where it takes no more. */
  async send(data: Uint8Array): Promise<void> {
    if (await this.#write(data)) return
    await this.agreed()
    await this.#until(() => false)
  }

  async #write(data: Uint8Array): Promise<boolean> {
    this.#op.idle.start()
    const isTaken = await stoppable(this.#op, this.#command?.write(data) ?? Promise.resolve(false))
    this.#op.idle.stop()
    return isTaken
  }

  async #line(): Promise<string> {
    const found = (): number => this.#arrived.indexOf(LINE_END, 0)
    await this.#until(() => found() >= 0 || this.#arrived.length > LONGEST)
    const end = found()
    if (end < 0) {
      throw netError('NET_PROTO_MALFORMED', { message: 'a line of scp is too long' })
    }
    const line = Buffer.from(this.#arrived.take(end + 1))
    return line.toString('latin1', 0, end)
  }

  #taken(bytes: Uint8Array): Uint8Array {
    if (this.#arrived.length < MOST_HELD) this.#command?.resume('stdout')
    return bytes
  }

  async #until(isThere: () => boolean): Promise<void> {
    this.#op.idle.start()
    while (!isThere()) {
      if (this.#failure !== undefined) throw this.#failure
      await stoppable(
        this.#op,
        new Promise<void>((resolve) => {
          this.#wake = resolve
        }),
      )
    }
    this.#op.idle.stop()
  }

  #end(error: Error): void {
    this.#failure = isNetError(error)
      ? error
      : netError('NET_INTERNAL', { message: 'scp failed', cause: error })
    this.#wake?.()
    this.#onFailure?.(this.#failure)
  }
}

function ended(exitCode: number | undefined, complaint: string): Error {
  const said = harmless(complaint.trim())
  if (exitCode === 127) {
    return netError('NET_UNSUPPORTED', { message: `the server has no scp: ${said}` })
  }
  return netError('NET_PROTO_INCOMPLETE', {
    message: `scp ended too early on the server${said === '' ? '' : `: ${said}`}`,
  })
}

function refusal(text: string): Error {
  const said = harmless(Buffer.from(text, 'latin1').toString('utf8')).replace(/^scp: /, '')
  const [, code = 'NET_REPLY_PERMANENT' as const] =
    words.find(([pattern]) => pattern.test(said)) ?? []
  return netError(code, { message: `scp on the server says: ${said}`, reply: { text: said } })
}

const words: readonly (readonly [RegExp, NetErrorCode])[] = [
  [/no such file/i, 'NET_NOT_FOUND'],
  [/permission denied/i, 'NET_ACCESS_DENIED'],
  [/is a directory|not a regular file|name too long/i, 'NET_BAD_NAME'],
  [/no space|quota/i, 'NET_NO_SPACE'],
]
const OK = 0
const WARNING = 1
const FATAL = 2
const LINE_END = Buffer.from('\n')
const LONGEST = 8192
const SHOWN = 300
const MOST_HELD = 1024 * 1024
