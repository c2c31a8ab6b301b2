/*
 * Fetching a file: a look at what it is, OPEN, reads to its end, CLOSE, and nothing else in between, as there are servers
 * that give a file once. The sink is whole only if there is as much as the server told.
 */

import { access, chmod, utimes } from 'node:fs/promises'

import { isNetError, toFile, type NetError, type Sink } from '@net/core'
import {
  addContext,
  isFileSink,
  netError,
  onStuck,
  openSink,
  stoppable,
  type OpenSink,
  type Operation,
  type SinkVersion,
} from '@net/core/authoring'

import { isPrivate, typeOf, type SftpAttributes, type SftpType } from './attributes.ts'
import type { OpenHandle } from './handles.ts'
import { openFile } from './open-file.ts'
import { OPEN_FLAG } from './packets.ts'
import { attributesOf } from './path-verbs.ts'
import { ReadAhead } from './read-ahead.ts'
import { SftpError, type Asked } from './sftp-error.ts'
import type { SftpSession } from './sftp-session.ts'
import type { TransferResult } from './transfer-result.ts'

/** What is fetched, and where it goes. */
export interface DownloadPlan {
  readonly path: string
  readonly sink: Sink
  /** Goes on behind what the sink has of this version. Default false. */
  readonly resume?: boolean | undefined
  /** Leaves out runs of zeros in a local file. Default false. */
  readonly sparse?: boolean | undefined
  /** The server that the file is on, for a part that is kept. */
  readonly server?: string | undefined
  /** The first byte that is fetched. Default 0. */
  readonly start?: number | undefined
  /** The byte after the last. Default the end of the file. */
  readonly end?: number | undefined
  /** Whether a local file gets the times and the mode of the one on the server. Default false. */
  readonly preserve?: boolean | undefined
  /** Waits where the server opens few files at once. */
  readonly isPatient?: boolean | undefined
  /** Whether nothing of a chunk is used any more once the sink has taken it. Default what the sink says. */
  readonly lends?: boolean | undefined
}

/** Fetches a file into the sink. Rejects with `NET_PROTO_INCOMPLETE` if it ended early. */
export async function download(
  session: SftpSession,
  op: Operation,
  plan: DownloadPlan,
): Promise<TransferResult> {
  const found = await fileAt(session, op, plan.path)
  const version = versionOf(plan, found)
  const { resume, sparse } = plan
  const sink = plan.preserve === true ? await privateSink(plan.sink, found) : plan.sink
  await using opened = await openSink(sink, { resume, sparse, version })
  let aborting: Promise<void> | undefined
  const letGo = (reason: unknown): void => {
    aborting = opened.abort(reason).catch(() => {})
  }
  const forget = op.onAbort(letGo)
  let stuck: Disposable | undefined
  // What a lost session has sent still goes into a sink that takes it; one that is closed waits for none.
  const unhear = session.pipeline.onFailure((error) => {
    if (error.code === 'NET_CLOSED') op.fail(error)
    else stuck = onStuck(opened, () => op.fail(error))
  })
  try {
    const result = await new Download(session, op, { ...plan, found }, opened).run()
    await opened.commit()
    if (plan.preserve === true && isFileSink(plan.sink)) await keep(plan.sink.path, found)
    return result
  } catch (error) {
    throw isNetError(error) ? addContext(error, { received: opened.position }) : error
  } finally {
    forget()
    unhear()
    stuck?.[Symbol.dispose]()
    await aborting
  }
}

/** Of which version a part is going to be that is kept; where the server tells no time, none can be gone on with. */
function versionOf(
  { path, resume, server = '', sink }: DownloadPlan,
  { modified, size }: SftpAttributes,
): SinkVersion | undefined {
  if (!isFileSink(sink) || !(resume === true || sink.keepPart)) return undefined
  const validator = modified === undefined ? undefined : String(modified)
  return { kind: 'sftp', of: `${server} ${path}`, size, validator }
}

/** What the path names, which must be a regular file, or unknown. */
export async function fileAt(
  session: SftpSession,
  op: Operation,
  path: string,
): Promise<SftpAttributes> {
  const found = await op
    .phase('command', () => attributesOf(session, op, path, true))
    .catch((error: unknown) => {
      // Some allow no look at what they let one read.
      if (error instanceof SftpError && error.code !== 'NET_NOT_FOUND') return {}
      throw error
    })
  const type = typeOf(found)
  if (type !== undefined && type !== 'file') throw notRegular(path, type)
  return found
}

/** OPEN of what is none waits for ever, or fails late and in other words. */
function notRegular(path: string, type: Exclude<SftpType, 'file'>): NetError {
  const code = type === 'folder' ? 'NET_BAD_NAME' : 'NET_UNSUPPORTED'
  return netError(code, { message: `${path} is ${NOT_REGULAR[type]}, not a regular file` })
}

interface FoundPlan extends DownloadPlan {
  readonly found: SftpAttributes
}

class Download {
  readonly #session: SftpSession
  readonly #op: Operation
  readonly #plan: FoundPlan
  readonly #sink: OpenSink
  readonly #asked: Asked
  readonly #size: number | undefined
  readonly #start: number
  #broken: { readonly error: unknown } | undefined
  #position: number

  constructor(session: SftpSession, op: Operation, plan: FoundPlan, sink: OpenSink) {
    const { found, path, start = 0, end = Infinity } = plan
    this.#session = session
    this.#op = op
    this.#plan = plan
    this.#sink = sink
    this.#asked = { what: `read ${path}` }
    // What has no bytes by its size may have some all the same, as in /proc.
    this.#size =
      found.size === 0 || found.size === undefined ? undefined : Math.min(found.size, end)
    this.#start = start + sink.position
    this.#position = this.#start
  }

  async run(): Promise<TransferResult> {
    const { path, end = Infinity, isPatient } = this.#plan
    const size = this.#size
    if (this.#plan.resume === true && size !== undefined && this.#start > size) {
      throw partTooLong(path, this.#start, size)
    }
    const isEmpty = this.#start >= (size ?? end)
    if (isEmpty && size !== undefined) return this.#result(false)
    const opened = await this.#op.phase('command', () =>
      openFile(this.#session, this.#op, { path, flags: OPEN_FLAG.READ, isPatient }),
    )
    try {
      const changed = await this.#op.phase('receive', () => this.#receive(opened))
      // Its answer says nothing of what was read; a server that is slow to give it holds nobody up.
      void opened.release()
      return this.#result(changed)
    } catch (error) {
      void opened.release()
      throw this.#broken === undefined ? error : this.#broken.error
    }
  }

  /** Resolves to whether the file had another size than was told. */
  async #receive(opened: OpenHandle): Promise<boolean> {
    const { end = Infinity } = this.#plan
    const { read: block } = await stoppable(this.#op, this.#session.limits())
    const told = this.#size
    const ahead = new ReadAhead(this.#session, this.#op, {
      handle: opened.id,
      start: this.#start,
      end: told ?? this.#start,
      block,
      asked: this.#asked,
      lends: this.#plan.lends ?? !this.#sink.keepsChunks,
    })
    this.#sink.onFailure((error) => {
      this.#broken = { error }
      ahead.stop(error)
    })
    try {
      await this.#pour(() => ahead.next())
      if (told !== undefined && this.#position < told) throw incomplete(this.#position, told)
      if (this.#position >= end) return false
      return await this.#beyond(ahead)
    } finally {
      ahead.end()
      this.#op.idle.stop()
    }
  }

  /** Behind what was told the file ends, or it has grown, or its size is not what was told. */
  async #beyond(ahead: ReadAhead): Promise<boolean> {
    const { path, end = Infinity, found } = this.#plan
    this.#op.idle.start()
    const more = await ahead.beyond()
    if (more === undefined) return false
    if (this.#size !== undefined) {
      const now = await attributesOf(this.#session, this.#op, path, true).catch(() => found)
      if ((now.size ?? 0) > (found.size ?? 0)) return true
    }
    await this.#write(more, end)
    await this.#pour(() => ahead.beyond(), end)
    return this.#size !== undefined
  }

  async #pour(
    next: () => Promise<readonly Buffer[] | undefined>,
    end: number = Infinity,
  ): Promise<void> {
    while (this.#position < end) {
      this.#op.idle.start()
      const pieces = await next()
      if (pieces === undefined) return
      await this.#write(pieces, end)
    }
  }

  async #write(pieces: readonly Buffer[], end: number): Promise<void> {
    const taken: Buffer[] = []
    for (const piece of pieces) {
      const bytes = piece.subarray(0, Math.max(0, end - this.#position))
      this.#position += bytes.length
      if (bytes.length > 0) taken.push(bytes)
    }
    this.#op.idle.stop()
    await this.#sink.writeAll(taken)
    this.#op.progress(this.#sink.position, this.#size)
  }

  #result(changed: boolean): TransferResult {
    const { found, end = Infinity } = this.#plan
    const told = found.size === undefined ? undefined : Math.min(found.size, end)
    return {
      transferred: this.#position - this.#start,
      size: this.#position,
      verified: this.#position === told,
      ...(changed ? { changed } : {}),
    }
  }
}

/** A new file here is read by nobody, while it is written, who may not read the one on the server. */
async function privateSink(sink: Sink, { permissions }: SftpAttributes): Promise<Sink> {
  if (!isFileSink(sink) || sink.mode !== undefined) return sink
  if (permissions === undefined || !isPrivate(permissions)) return sink
  const { path, inPlace, keepPart } = sink
  const isThere = await access(path).then(
    () => true,
    () => false,
  )
  // One that is replaced has a mode of its own until then.
  return isThere ? sink : toFile(path, { inPlace, keepPart, mode: (permissions & 0o777) | OWNER })
}

/** The times and the mode of the file on the server, for the one here. */
async function keep(path: string | URL, found: SftpAttributes): Promise<void> {
  const { permissions, modified, accessed = modified } = found
  if (permissions !== undefined) await chmod(path, permissions & 0o777)
  if (modified !== undefined && accessed !== undefined) await utimes(path, accessed, modified)
}

/** What was fetched before is not of this file. */
function partTooLong(path: string, received: number, expected: number): NetError {
  return netError('NET_SIZE_MISMATCH', {
    message: `the part that is to be resumed has ${received} bytes, more than ${path} has (${expected})`,
    received,
    expected,
  })
}

function incomplete(received: number, expected: number): NetError {
  return netError('NET_PROTO_INCOMPLETE', {
    message: `the file ended after ${received} of ${expected} bytes`,
    received,
    expected,
  })
}

/** What its owner needs while it is written. */
const OWNER = 0o600
const NOT_REGULAR: Readonly<Record<Exclude<SftpType, 'file'>, string>> = {
  folder: 'a folder',
  link: 'a link',
  pipe: 'a named pipe',
  socket: 'a socket',
  block: 'a device',
  character: 'a device',
}
