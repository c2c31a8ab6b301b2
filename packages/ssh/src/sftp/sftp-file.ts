/*
 * A file that is open: reads and writes at positions, several at once. It must not know how it was opened.
 */

import type { CallOptions, NetError } from '@net/core'
import { argument, inCall, netError, option, stoppable, type Operation } from '@net/core/authoring'

import { fields } from '../identity/wire.ts'
import type { SftpAttributes } from './attributes.ts'
import { doors } from './call-doors.ts'
import { entryOf, type SftpEntry } from './entry.ts'
import type { OpenHandle } from './handles.ts'
import { OPEN_FLAG, PACKET } from './packets.ts'
import { requireExtension, timesOf } from './path-verbs.ts'
import { ReadAhead } from './read-ahead.ts'
import { attributesRequest, extendedRequest, handleRequest } from './requests.ts'
import { unlessRefused } from './sftp-error.ts'
import type { SftpSession } from './sftp-session.ts'
import { WriteBehind } from './write-behind.ts'

/** How a file is opened, in the letters of Node and of C. */
export type SftpOpenFlags = 'r' | 'r+' | 'w' | 'w+' | 'wx' | 'wx+' | 'a' | 'a+'

/** A part of a file. */
export interface SftpRange {
  readonly position: number
  readonly length: number
}

/** An open file. */
export interface SftpFile extends AsyncDisposable {
  readonly path: string
  /** Where the next `read` or `write` without a position begins: each call moves it on at once. */
  position: number
  /** So many bytes from the position on, fewer where the file ends; a transfer. `position` moves on if none is given. */
  read(length: number, position?: number, options?: CallOptions): Promise<Uint8Array>
  /** Several parts at once, in the order in which they are asked for; a transfer. */
  readv(ranges: readonly SftpRange[], options?: CallOptions): Promise<readonly Uint8Array[]>
  /** Writes at the position; a transfer. `position` moves on if none is given. What was opened with `a` is written at the end in any case, one call behind the other. */
  write(data: string | Uint8Array, position?: number, options?: CallOptions): Promise<void>
  /** What is known of the file; a command. */
  stat(options?: CallOptions): Promise<SftpEntry>
  /** Cuts it to that many bytes, or fills it up with zeros; a command. */
  truncate(size: number, options?: CallOptions): Promise<void>
  setMode(mode: number, options?: CallOptions): Promise<void>
  setTimes(accessed: number, modified: number, options?: CallOptions): Promise<void>
  /** Has the server put what was written on its disk (fsync@openssh.com); a command. Rejects with `NET_UNSUPPORTED`. */
  sync(options?: CallOptions): Promise<void>
  /** Closes it behind the calls that are under way; a command. Rejects with what the server says to it: some decide then whether they keep the file. */
  commit(options?: CallOptions): Promise<void>
  /** Closes it behind the calls that are under way, whatever the server says. Never rejects. */
  close(): Promise<void>
}

/** What was opened. */
export interface FileOpened {
  readonly handle: OpenHandle
  readonly path: string
  readonly flags: SftpOpenFlags
}

/** Runs a call on an open file. */
export type FileCall = <T>(
  verb: {
    readonly operation: string
    readonly kind: 'command' | 'transfer'
    readonly target: string
  },
  options: CallOptions,
  run: (op: Operation) => Promise<T>,
) => Promise<T>

/** The numbers of the flags. */
export const openFlags: Readonly<Record<SftpOpenFlags, number>> = {
  r: OPEN_FLAG.READ,
  'r+': OPEN_FLAG.READ | OPEN_FLAG.WRITE,
  w: OPEN_FLAG.WRITE | OPEN_FLAG.CREAT | OPEN_FLAG.TRUNC,
  'w+': OPEN_FLAG.READ | OPEN_FLAG.WRITE | OPEN_FLAG.CREAT | OPEN_FLAG.TRUNC,
  wx: OPEN_FLAG.WRITE | OPEN_FLAG.CREAT | OPEN_FLAG.EXCL,
  'wx+': OPEN_FLAG.READ | OPEN_FLAG.WRITE | OPEN_FLAG.CREAT | OPEN_FLAG.EXCL,
  a: OPEN_FLAG.WRITE | OPEN_FLAG.CREAT | OPEN_FLAG.APPEND,
  'a+': OPEN_FLAG.READ | OPEN_FLAG.WRITE | OPEN_FLAG.CREAT | OPEN_FLAG.APPEND,
}

/** A file by its handle. */
export class OpenFile implements SftpFile {
  readonly path: string
  position = 0
  readonly #session: SftpSession
  readonly #handle: OpenHandle
  readonly #call: FileCall
  /** Calls under way, which closing waits for. */
  readonly #running = new Set<Promise<unknown>>()
  /** Settles when what is to be appended before the next write is there; undefined where writes have positions. */
  #appended: Promise<unknown> | undefined
  #isClosing = false

  constructor(session: SftpSession, { handle, path, flags }: FileOpened, call: FileCall) {
    this.#session = session
    this.#handle = handle
    this.path = path
    this.#call = call
    if ((openFlags[flags] & OPEN_FLAG.APPEND) !== 0) this.#appended = Promise.resolve()
  }

  async read(length: number, position?: number, options?: CallOptions): Promise<Uint8Array> {
    this.#check('read', () => argument('the length', option.size, length))
    const start = this.#start('read', position)
    const bytes = await this.#from(position, length, () =>
      this.#transfer('read', options, (op) => this.#read(op, start, length)),
    )
    const end = start + bytes.length
    if (position === undefined && bytes.length < length)
      this.position = Math.min(this.position, end)
    return bytes
  }

  async readv(ranges: readonly SftpRange[], options?: CallOptions): Promise<readonly Uint8Array[]> {
    return this.#transfer('readv', options, (op) =>
      Promise.all(ranges.map(({ position, length }) => this.#read(op, position, length))),
    )
  }

  async write(data: string | Uint8Array, position?: number, options?: CallOptions): Promise<void> {
    this.#check('write', () => argument('the data', textOrBytes, data))
    const start = this.#start('write', position)
    const bytes = typeof data === 'string' ? Buffer.from(data, 'utf8') : data
    const before = this.#appended
    const writing = this.#from(position, bytes.length, () =>
      this.#transfer('write', options, async (op) => {
        // Each leaves in pieces, which would stand among those of another one.
        if (before !== undefined) await stoppable(op, before)
        const at = before === undefined ? start : await this.#endFor(op, start)
        await this.#write(op, at, bytes)
      }),
    )
    // One that was stopped while it waited is not there, and those before it may not be either.
    if (before !== undefined) this.#appended = Promise.allSettled([before, writing])
    await writing
  }

  async stat(options?: CallOptions): Promise<SftpEntry> {
    const attributes = await this.#command('stat', options, (op) =>
      this.#session.attributes(op, handleRequest(PACKET.FSTAT, this.#id()), this.#asked('look at')),
    )
    return entryOf(this.path, attributes)
  }

  truncate(size: number, options?: CallOptions): Promise<void> {
    return this.#set('truncate', { size }, options)
  }

  setMode(mode: number, options?: CallOptions): Promise<void> {
    return this.#set('setMode', { permissions: mode }, options)
  }

  async setTimes(accessed: number, modified: number, options?: CallOptions): Promise<void> {
    const times = this.#check('setTimes', () => timesOf(modified, accessed))
    return this.#set('setTimes', times, options)
  }

  async sync(options?: CallOptions): Promise<void> {
    return this.#command('sync', options, (op) => {
      const asked = this.#asked('sync')
      requireExtension(this.#session, FSYNC, asked)
      return this.#session.done(op, extendedRequest(FSYNC, fields(this.#id())), asked)
    })
  }

  async commit(options?: CallOptions): Promise<void> {
    const taken = doors.plain('commit')(options)
    const ended = this.#ended()
    const verb = { operation: 'commit', target: this.path, kind: 'command' } as const
    return this.#call(verb, taken, async (op) => {
      await stoppable(op, ended)
      await op.phase('command', () => this.#handle.commit(op, this.#asked('finish')))
    })
  }

  async close(): Promise<void> {
    await this.#ended()
    await this.#handle.release()
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  /** Without a position of its own the call moves on at once, so that the next one goes on behind it without waiting. */
  async #from<T>(position: number | undefined, length: number, run: () => Promise<T>): Promise<T> {
    if (position !== undefined) return run()
    const start = this.position
    const end = start + length
    this.position = end
    try {
      return await run()
    } catch (error) {
      // Whoever asks again means the same bytes, unless a later call went on behind them.
      if (this.position === end) this.position = start
      throw error
    }
  }

  async #read(op: Operation, start: number, length: number): Promise<Buffer> {
    const { read: block } = await stoppable(op, this.#session.limits())
    const end = start + length
    const asked = this.#asked('read')
    const plan = { handle: this.#id(), start, end, block, asked }
    const ahead = new ReadAhead(this.#session, op, plan)
    const found: Buffer[] = []
    try {
      for (;;) {
        op.idle.start()
        const pieces = await ahead.next()
        if (pieces === undefined) return Buffer.concat(found)
        found.push(...pieces)
      }
    } finally {
      ahead.end()
      op.idle.stop()
    }
  }

  async #write(op: Operation, start: number, bytes: Uint8Array): Promise<void> {
    // A write that was given up must not leave later, when its bytes may be others.
    const { write } = await stoppable(op, this.#session.limits())
    const block = Math.min(write, Math.max(1, bytes.length))
    const asked = this.#asked('write')
    const writing = new WriteBehind(this.#session, op, { handle: this.#id(), start, block, asked })
    try {
      for (let at = 0; at < bytes.length;) {
        const memory = await writing.room()
        const piece = bytes.subarray(at, at + memory.length)
        memory.set(piece)
        writing.write(piece.length)
        at += piece.length
      }
      await writing.finish()
    } finally {
      op.idle.stop()
    }
  }

  /** Where the next byte goes that is added. Servers in Go look at the offset alone, and would write over the beginning. */
  async #endFor(op: Operation, start: number): Promise<number> {
    // OpenSSH and its like look at the flag.
    if (this.#session.keepsOrder) return start
    const request = handleRequest(PACKET.FSTAT, this.#id())
    const { size } = await op.phase('command', () =>
      this.#session.attributes(op, request, this.#asked('look at')).catch(unlessRefused),
    )
    return size ?? start
  }

  #set(
    operation: string,
    attributes: SftpAttributes,
    options: CallOptions | undefined,
  ): Promise<void> {
    return this.#command(operation, options, (op) => {
      const request = attributesRequest(PACKET.FSETSTAT, this.#id(), attributes)
      return this.#session.done(op, request, this.#asked('set attributes of'))
    })
  }

  /** No further call begins; resolves when those before have ended, as what they ask for must not come behind the end. */
  async #ended(): Promise<void> {
    this.#isClosing = true
    await Promise.allSettled(this.#running)
  }

  #mustBeOpen(): void {
    if (this.#isClosing) throw this.#closed()
  }

  #id(): Buffer {
    if (!this.#handle.isClosed) return this.#handle.id
    throw this.#closed()
  }

  #closed(): NetError {
    return netError('NET_CLOSED', { message: `${this.path} is closed` })
  }

  #track<T>(running: Promise<T>): Promise<T> {
    const over = (): void => void this.#running.delete(running)
    this.#running.add(running)
    running.then(over, over)
    return running
  }

  #asked(what: string): { readonly what: string; readonly onHandle: true } {
    return { what: `${what} ${this.path}`, onHandle: true }
  }

  #start(call: string, position: number | undefined): number {
    if (position === undefined) return this.position
    return this.#check(call, () => argument('the position', option.size, position))
  }

  #check<T>(call: string, check: () => T): T {
    return inCall({ protocol: 'sftp', call, target: this.path }, check)
  }

  async #command<T>(
    operation: string,
    options: CallOptions | undefined,
    run: (op: Operation) => Promise<T>,
  ): Promise<T> {
    const taken = doors.plain(operation)(options)
    const verb = { operation, target: this.path, kind: 'command' } as const
    this.#check(operation, () => this.#mustBeOpen())
    return this.#track(this.#call(verb, taken, (op) => op.phase('command', () => run(op))))
  }

  async #transfer<T>(
    operation: string,
    options: CallOptions | undefined,
    run: (op: Operation) => Promise<T>,
  ): Promise<T> {
    const taken = doors.plain(operation)(options)
    this.#check(operation, () => this.#mustBeOpen())
    return this.#track(this.#call({ operation, target: this.path, kind: 'transfer' }, taken, run))
  }
}

const textOrBytes = option.either<string | Uint8Array>([option.text, option.binary])
const FSYNC = 'fsync@openssh.com'
