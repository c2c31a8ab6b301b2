/*
 * An SFTP server without I/O: packets in, packets out, one after the other. What it serves is a store, and its words are
 * those of its manners.
 */

import { FieldReader, uint32 } from '../../identity/wire.ts'
import { long, readAttributes, readLong, type SftpAttributes } from '../../sftp/attributes.ts'
import { PacketStream } from '../../sftp/packet-stream.ts'
import { OPEN_FLAG, PACKET, requestNames, STATUS } from '../../sftp/packets.ts'
import {
  attributesAnswer,
  dataAnswer,
  extendedAnswer,
  handleAnswer,
  namesAnswer,
  statusAnswer,
  type SftpAnswer,
} from './sftp-answers.ts'
import type { ServerManners } from './server-manners.ts'
import { StoreError, type SftpStore, type StoredEntry, type StoredFile } from './sftp-store.ts'

/** What a server is besides its files. */
export interface ServiceRules {
  readonly manners: ServerManners
  /** Extensions by their names, with their versions. */
  readonly extensions: Readonly<Record<string, string>>
  /** How many files may be open at once. */
  readonly maxHandles: number
}

/** A request, as it came. */
export interface ServedRequest {
  readonly type: number
  readonly id: number
  /** Its name and its paths, as in `OPEN /in/a.csv`. */
  readonly line: string
  /** For READ, how many bytes are asked for. */
  readonly length: number
  /** Does it. */
  answer(): Promise<SftpAnswer>
}

/** What gets the requests of a client. */
export interface RequestDesk {
  init(version: number): void
  request(request: ServedRequest): void
}

/** One session of a client. */
export class SftpService {
  readonly #store: SftpStore
  readonly #rules: ServiceRules
  readonly #stream: PacketStream
  readonly #files = new Map<string, { readonly file: StoredFile; readonly path: string }>()
  readonly #folders = new Map<string, StoredEntry[]>()
  #lastHandle = 0

  constructor(store: SftpStore, rules: ServiceRules, desk: RequestDesk) {
    this.#store = store
    this.#rules = rules
    this.#stream = new PacketStream({
      packet: (type, id, body) => {
        if (type === PACKET.INIT) desk.init(id)
        else desk.request(this.#request(type, id, Buffer.concat(body)))
      },
      part: () => {},
    })
  }

  /** The next bytes of the client. Throws for what is no packet. */
  feed(chunk: Buffer): void {
    this.#stream.feed(chunk)
  }

  /** How many files and folders are open. */
  get open(): number {
    return this.#files.size + this.#folders.size
  }

  /** Closes what the client has left open. */
  async end(): Promise<void> {
    for (const { file } of this.#files.values()) await file.close().catch(() => {})
  }

  #request(type: number, id: number, body: Buffer): ServedRequest {
    try {
      const reader = new FieldReader(body)
      const subject = reader.left > 0 ? reader.field().toString('latin1') : ''
      const line = this.#lineOf(type, subject, body)
      const length = type === PACKET.READ ? body.readUInt32BE(body.length - 4) : 0
      return { type, id, line, length, answer: () => this.#answer(type, subject, reader) }
    } catch (error) {
      if (!(error instanceof RangeError)) throw error
      return { type, id, line: 'CUT', length: 0, answer: async () => CUT }
    }
  }

  #lineOf(type: number, subject: string, body: Buffer): string {
    if (type === PACKET.EXTENDED) return subject
    const path = OF_HANDLE.has(type) ? (this.#files.get(subject)?.path ?? subject) : subject
    const rest = body.subarray(4 + subject.length)
    const second = PAIRS.has(type) ? ` ${new FieldReader(rest).text()}` : ''
    return `${requestNames.get(type) ?? type} ${utf8(path)}${utf8(second)}`.trimEnd()
  }

  async #answer(type: number, subject: string, reader: FieldReader): Promise<SftpAnswer> {
    try {
      const handler = this.#handlers[type]
      if (handler === undefined) return UNSUPPORTED
      return await handler(subject, reader)
    } catch (error) {
      if (error instanceof RangeError) return CUT
      const fault = error instanceof StoreError ? error.fault : 'failed'
      const { code, text } = this.#rules.manners.refusals[fault]
      return statusAnswer(code, text)
    }
  }

  readonly #handlers: Readonly<
    Record<number, ((subject: string, reader: FieldReader) => Promise<SftpAnswer>) | undefined>
  > = {
    [PACKET.OPEN]: (path, reader) =>
      this.#open(this.#whole(path), reader.number(), readAttributes(reader)),
    [PACKET.CLOSE]: (handle) => this.#close(handle),
    [PACKET.READ]: (handle, reader) => this.#read(handle, readLong(reader), reader.number()),
    [PACKET.WRITE]: async (handle, reader) => {
      await this.#file(handle).write(readLong(reader), reader.field())
      return OK
    },
    [PACKET.LSTAT]: async (path) =>
      attributesAnswer(await this.#store.stat(this.#whole(path), false)),
    [PACKET.STAT]: async (path) =>
      attributesAnswer(await this.#store.stat(this.#whole(path), true)),
    [PACKET.FSTAT]: async (handle) => attributesAnswer(await this.#file(handle).stat()),
    [PACKET.SETSTAT]: async (path, reader) => {
      await this.#store.set(this.#whole(path), readAttributes(reader), true)
      return OK
    },
    [PACKET.FSETSTAT]: async (handle, reader) => {
      await this.#file(handle).set(readAttributes(reader))
      return OK
    },
    [PACKET.OPENDIR]: async (path) => {
      const entries = await this.#store.list(this.#whole(path))
      const self = { permissions: 0o040755 }
      const all = [{ name: '.', attributes: self }, { name: '..', attributes: self }, ...entries]
      return handleAnswer(this.#handle((handle) => this.#folders.set(handle, all)))
    },
    [PACKET.READDIR]: async (handle) => {
      const entries = this.#folders.get(handle)
      if (entries === undefined) throw new StoreError('failed')
      const some = entries.splice(0, this.#rules.manners.names)
      return some.length === 0 ? EOF : namesAnswer(some)
    },
    [PACKET.REMOVE]: (path) => this.#done(this.#store.remove(this.#whole(path))),
    [PACKET.MKDIR]: (path, reader) =>
      this.#done(this.#store.mkdir(this.#whole(path), readAttributes(reader).permissions)),
    [PACKET.RMDIR]: (path) => this.#done(this.#store.rmdir(this.#whole(path))),
    [PACKET.REALPATH]: async (path) =>
      namesAnswer([{ name: await this.#store.realPath(this.#whole(path)), attributes: {} }]),
    [PACKET.RENAME]: (from, reader) =>
      this.#done(
        this.#store.rename(
          this.#whole(from),
          this.#whole(reader.text()),
          this.#rules.manners.renameReplaces,
        ),
      ),
    [PACKET.READLINK]: async (path) =>
      namesAnswer([{ name: await this.#store.readLink(this.#whole(path)), attributes: {} }]),
    [PACKET.SYMLINK]: (target, reader) =>
      this.#done(this.#store.symlink(target, this.#whole(reader.text()))),
    [PACKET.EXTENDED]: async (name, reader) => {
      const handler = this.#extensions[name]
      if (handler === undefined || this.#rules.extensions[name] === undefined) return UNSUPPORTED
      return handler(reader)
    },
  }

  readonly #extensions: Readonly<
    Record<string, ((reader: FieldReader) => Promise<SftpAnswer>) | undefined>
  > = {
    'posix-rename@openssh.com': (reader) =>
      this.#done(this.#store.rename(this.#whole(reader.text()), this.#whole(reader.text()), true)),
    'hardlink@openssh.com': (reader) =>
      this.#done(this.#store.link(this.#whole(reader.text()), this.#whole(reader.text()))),
    'fsync@openssh.com': async (reader) => {
      this.#file(reader.text())
      return OK
    },
    'lsetstat@openssh.com': (reader) =>
      this.#done(this.#store.set(this.#whole(reader.text()), readAttributes(reader), false)),
    'limits@openssh.com': async () => {
      const { largest } = this.#rules.manners
      const { maxHandles } = this.#rules
      const handles = maxHandles === Infinity ? 0 : maxHandles
      return extendedAnswer(...[largest + 1024, largest, largest, handles].map(long))
    },
    'expand-path@openssh.com': async (reader) => {
      const path = reader.text().replace(/^~/, this.#store.home)
      return namesAnswer([{ name: this.#whole(path), attributes: {} }])
    },
    'statvfs@openssh.com': async () =>
      extendedAnswer(...[4096, 4096, 1000, 500, 400, 100, 50, 50, 1, 0, 255].map(long)),
    'copy-data': (reader) => this.#copy(reader),
  }

  async #open(path: string, flags: number, { permissions }: SftpAttributes): Promise<SftpAnswer> {
    const has = (flag: number): boolean => (flags & flag) !== 0
    const writes = has(OPEN_FLAG.WRITE)
    if (this.open >= this.#rules.maxHandles) throw new StoreError('failed')
    if (!writes && this.#rules.manners.refusesFolders) {
      const found = await this.#store.stat(path, true)
      if (((found.permissions ?? 0) & 0o170000) === 0o040000) throw new StoreError('denied')
    }
    const file = await this.#store.open(path, {
      reads: has(OPEN_FLAG.READ),
      writes,
      creates: has(OPEN_FLAG.CREAT),
      exclusive: has(OPEN_FLAG.EXCL),
      truncates: has(OPEN_FLAG.TRUNC),
      appends: has(OPEN_FLAG.APPEND),
      mode: permissions === undefined ? undefined : permissions & 0o7777,
    })
    return handleAnswer(this.#handle((handle) => this.#files.set(handle, { file, path })))
  }

  async #close(handle: string): Promise<SftpAnswer> {
    const opened = this.#files.get(handle)
    if (opened === undefined && !this.#folders.has(handle)) throw new StoreError('failed')
    this.#files.delete(handle)
    this.#folders.delete(handle)
    await opened?.file.close()
    return OK
  }

  async #read(handle: string, offset: number, length: number): Promise<SftpAnswer> {
    const most = Math.min(length, this.#rules.manners.largest)
    const data = await this.#file(handle).read(offset, most)
    return data.length === 0 ? EOF : dataAnswer(data)
  }

  /** As OpenSSH: as much as there is, and fine if that is less. */
  async #copy(reader: FieldReader): Promise<SftpAnswer> {
    const from = this.#file(reader.text())
    const start = readLong(reader)
    const length = readLong(reader)
    const to = this.#file(reader.text())
    const at = readLong(reader)
    const end = length === 0 ? Infinity : length
    for (let done = 0; done < end;) {
      const data = await from.read(start + done, Math.min(65_536, end - done))
      if (data.length === 0) break
      await to.write(at + done, data)
      done += data.length
    }
    return OK
  }

  async #done(work: Promise<void>): Promise<SftpAnswer> {
    await work
    return OK
  }

  #file(handle: string): StoredFile {
    const opened = this.#files.get(handle)
    if (opened === undefined) throw new StoreError('failed')
    return opened.file
  }

  #handle(keep: (handle: string) => void): string {
    this.#lastHandle += 1
    const handle = uint32(this.#lastHandle).toString('latin1')
    keep(handle)
    return handle
  }

  /** Without `.` and `..`, which never lead above the root. */
  #whole(path: string): string {
    const parts: string[] = []
    const all = path.startsWith('/') ? path : `${this.#store.home}/${path}`
    for (const part of all.split('/')) {
      if (part === '..') parts.pop()
      else if (part !== '' && part !== '.') parts.push(part)
    }
    return `/${parts.join('/')}`
  }
}

function utf8(bytes: string): string {
  return Buffer.from(bytes, 'latin1').toString('utf8')
}

const OK = statusAnswer(STATUS.OK, 'Success')
const CUT = statusAnswer(STATUS.BAD_MESSAGE, 'Bad message')
const EOF = statusAnswer(STATUS.EOF, 'End of file')
const UNSUPPORTED = statusAnswer(STATUS.OP_UNSUPPORTED, 'Operation unsupported')
const OF_HANDLE: ReadonlySet<number> = new Set([
  PACKET.CLOSE,
  PACKET.READ,
  PACKET.WRITE,
  PACKET.FSTAT,
  PACKET.FSETSTAT,
  PACKET.READDIR,
])
const PAIRS: ReadonlySet<number> = new Set([PACKET.RENAME, PACKET.SYMLINK])
