/*
 * Sending a file: OPEN, writes, CLOSE, and nothing else that a server could refuse. What is written is a name of our own
 * until it is whole, unless it is to be written in place.
 */

import { isNetError, type NetError, type Source } from '@net/core'
import {
  addContext,
  isZero,
  netError,
  openSourceAtOnce,
  stoppable,
  type OpenSource,
  type Operation,
} from '@net/core/authoring'

import { typeOf, type SftpAttributes } from './attributes.ts'
import { nameOf } from './entry.ts'
import type { OpenHandle } from './handles.ts'
import { OPEN_FLAG, PACKET } from './packets.ts'
import { keepPrivate, openFile } from './open-file.ts'
import { openOwnPart } from './own-part.ts'
import type { PartFailed } from './parts-in-use.ts'
import { attributesOf, realPath } from './path-verbs.ts'
import { putInPlace } from './rename.ts'
import { attributesRequest, handleRequest, pathRequest } from './requests.ts'
import { SftpError, unlessRefused } from './sftp-error.ts'
import type { SftpSession } from './sftp-session.ts'
import { behind, sharedBeginning } from './resume-upload.ts'
import { sourceBlocks } from './source-blocks.ts'
import type { TransferResult } from './transfer-result.ts'
import { WriteBehind } from './write-behind.ts'
import { needsLanes, WriteLanes } from './write-lanes.ts'

/** What is sent, and where to. */
export interface UploadPlan {
  readonly source: Source
  readonly path: string
  /** Writes to the file itself. Default false: to a name of our own, which becomes the file when it is whole. */
  readonly inPlace?: boolean | undefined
  /** How many bytes of the file stay, which are those that the source does not have; only in place. Default 0. */
  readonly start?: number | undefined
  /** Whether what is behind the written bytes stays; only in place. Default false. */
  readonly keepRest?: boolean | undefined
  /** Adds to the end of the file; only in place. Default false. */
  readonly append?: boolean | undefined
  /** The mode of a file that is made; default that of the one it replaces, or the server's. */
  readonly mode?: number | undefined
  /** Goes on behind what an earlier one has left, and leaves what was written where this one fails. Default false. */
  readonly resume?: boolean | undefined
  /** Leaves runs of zeros out. Default false. */
  readonly sparse?: boolean | undefined
  readonly isPatient?: boolean | undefined
  readonly failed?: PartFailed | undefined
}

/** Sends the source to the path. Rejects with `NET_SIZE_MISMATCH` if the server has another size afterwards. */
export async function upload(
  session: SftpSession,
  op: Operation,
  plan: UploadPlan,
): Promise<TransferResult> {
  if (plan.inPlace === true) return written(session, op, plan)
  const { path, old, isLink } = await targetOf(session, op, plan.path)
  // A link whose end the server does not tell: only through it the file can be reached.
  if (isLink === true) return written(session, op, plan)
  const part = partName(path)
  const mode = plan.mode ?? (old?.permissions === undefined ? undefined : old.permissions & 0o777)
  return session.duringPart(op, part, async (failed) => {
    const goesOn = plan.resume === true && !session.opensEmpty
    const start = goesOn ? await sharedBeginning(session, op, plan.source, part) : 0
    const source = behind(plan.source, start)
    const result = await written(session, op, { ...plan, source, path: part, mode, start, failed })
    await op.phase('command', () =>
      putInPlace(session, op, { from: part, to: path, size: result.size }),
    )
    return result
  })
}

async function written(
  session: SftpSession,
  op: Operation,
  plan: UploadPlan,
): Promise<TransferResult> {
  // OPEN empties the file on the server: not for one of ours that cannot be read.
  const source = await openSourceAtOnce(plan.source)
  let closing: Promise<void> | undefined
  const close = (): Promise<void> => (closing ??= source.close())
  const forget = op.onAbort(() => void close().catch(() => {}))
  try {
    return await new Upload(session, op, plan, source).run()
  } finally {
    forget()
    await close()
  }
}

/** The name of our own, in the same folder. */
export function partName(path: string): string {
  const plain = path.replace(/(?<=.)\/+$/, '')
  const name = nameOf(plain)
  const fits = Buffer.byteLength(name) <= LONGEST_NAME - PART.length
  // Cut at a character: half of one is another name.
  const short = fits ? name : Array.from(name).slice(0, SHORTENED).join('')
  return `${plain.slice(0, plain.length - name.length)}${short}${PART}`
}

/** The file that is replaced. */
interface UploadTarget {
  readonly path: string
  readonly old: SftpAttributes | undefined
  readonly isLink?: boolean
}

/** The file itself: a link stays, and what it leads to is replaced. */
async function targetOf(session: SftpSession, op: Operation, path: string): Promise<UploadTarget> {
  return op.phase('command', async () => {
    const old = await lookAt(session, op, path, false)
    if (old === undefined) return { path, old }
    const type = typeOf(old)
    if (type === 'folder') throw isFolder(path)
    if (type !== 'link') return { path, old }
    const end = await lookAt(session, op, path, true)
    if (end !== undefined && typeOf(end) === 'folder') throw isFolder(path)
    const real = await realPath(session, op, path)
    const found = await lookAt(session, op, real, false)
    return { path: real, old: end, isLink: found !== undefined && typeOf(found) === 'link' }
  })
}

/** An upload needs no right to look: what cannot be looked at is unknown. */
async function lookAt(
  session: SftpSession,
  op: Operation,
  path: string,
  follow: boolean,
): Promise<SftpAttributes | undefined> {
  return attributesOf(session, op, path, follow).catch((error: unknown) => {
    if (error instanceof SftpError) return undefined
    throw error
  })
}

class Upload {
  readonly #session: SftpSession
  readonly #op: Operation
  readonly #plan: UploadPlan
  readonly #source: OpenSource
  #lanes: WriteLanes | undefined
  #start = 0
  #sent = 0

  constructor(session: SftpSession, op: Operation, plan: UploadPlan, source: OpenSource) {
    this.#session = session
    this.#op = op
    this.#plan = plan
    this.#source = source
  }

  async run(): Promise<TransferResult> {
    const { path, mode, failed } = this.#plan
    const op = this.#op
    const opened = await op.phase('command', () => this.#open())
    let writing: WriteBehind | undefined
    try {
      const isOwn = failed !== undefined
      if (isOwn)
        await op.phase('command', () => keepPrivate(this.#session, op, { path, opened, mode }))
      const start = await this.#startIn(opened)
      this.#start = start
      const { write: block } = await stoppable(op, this.#session.limits())
      const { size } = this.#source
      const total = size === undefined ? undefined : start + size
      writing = new WriteBehind(this.#session, op, {
        handle: opened.id,
        start,
        block: Math.min(block, Math.max(SMALLEST, size ?? Infinity)),
        asked: { what: `write ${path}` },
        written: (length) => {
          this.#sent += length
          op.progress(start + this.#sent, total)
        },
        refused: (error) => op.fail(error),
      })
      const end = await op.phase('send', () => this.#send(writing as WriteBehind))
      return await op.phase('command', () => this.#finish(opened, end))
    } catch (error) {
      const last = this.#giveUp(opened, writing)
      this.#plan.failed?.(last)
      const partial = { received: writing?.gapless ?? 0 }
      throw isNetError(error) ? addContext(error, partial) : error
    } finally {
      op.idle.stop()
    }
  }

  #open(): Promise<OpenHandle> {
    const { path, start = 0, keepRest = false, append = false, mode, isPatient } = this.#plan
    const keeps = start > 0 || keepRest
    const how = append ? OPEN_FLAG.APPEND : keeps ? 0 : OPEN_FLAG.TRUNC
    const flags = OPEN_FLAG.WRITE | OPEN_FLAG.CREAT | how
    const abandoned = (late: Promise<boolean>): void =>
      this.#plan.failed?.(late.then((isOpen) => (isOpen ? this.#removeOurs() : undefined)))
    const opening = { path, flags, mode, isPatient, abandoned }
    const isOwn = this.#plan.failed !== undefined
    return (isOwn ? openOwnPart : openFile)(this.#session, this.#op, opening)
  }

  /** Where the first byte goes; the file must be that long already. */
  async #startIn(opened: OpenHandle): Promise<number> {
    const { path, start = 0, keepRest = false, append = false } = this.#plan
    if ((start === 0 || keepRest) && !append) return start
    const { size } = await this.#sizeOf(opened)
    if (append) return size ?? 0
    if (size !== undefined && size < start) {
      throw netError('NET_SIZE_MISMATCH', {
        message: `${path} has ${size} bytes, and we were to go on behind ${start}`,
        received: size,
        expected: start,
      })
    }
    return start
  }

  /** Everything that the source has; resolves to where it ends. */
  async #send(writing: WriteBehind): Promise<number> {
    // To a name of our own only: others may look at the file itself while it is written.
    const isOwn = this.#plan.failed !== undefined
    if (isOwn && needsLanes(this.#session, this.#source.size)) {
      this.#lanes = new WriteLanes(this.#session, this.#op, this.#plan.path, writing)
      void this.#lanes.lead()
    }
    // The source may have nothing to give for hours.
    const forget = this.#session.pipeline.onFailure((error) => this.#op.fail(error))
    try {
      await this.#write(writing)
    } finally {
      forget()
    }
    await this.#lanes?.close()
    return writing.position
  }

  async #write(writing: WriteBehind): Promise<void> {
    const blocks = sourceBlocks(this.#op, this.#source, () => writing.room())
    for await (const { memory, length } of blocks) {
      const isHole = this.#plan.sparse === true && isZero(memory.subarray(0, length))
      if (isHole) writing.skip(length)
      else writing.write(length)
    }
    await writing.finish()
  }

  /** Closes it, and compares the size; what is to end behind the written bytes is cut before. */
  async #finish(opened: OpenHandle, end: number): Promise<TransferResult> {
    const { path, keepRest = false, append = false } = this.#plan
    const size = await this.#fittedSize(opened, end)
    await opened.commit(this.#op, { what: `finish ${path}` })
    const isWhole = !keepRest && !append
    if (isWhole && size !== undefined && size !== end) throw differs(end, size)
    const transferred = end - this.#start
    return { transferred, size: Math.max(size ?? 0, end), verified: size !== undefined }
  }

  /** The size of the file that was written; undefined where the server does not tell it. */
  async #fittedSize(opened: OpenHandle, end: number): Promise<number | undefined> {
    const { size } = await this.#sizeOf(opened).catch(unlessRefused)
    if (size === undefined || !this.#mustFit(size, end)) return size
    await this.#resize(opened, end)
    // Some say that they have done it, and have not.
    return (await this.#sizeOf(opened).catch(unlessRefused)).size
  }

  #mustFit(size: number, end: number): boolean {
    const { keepRest = false, append = false, sparse = false } = this.#plan
    if (keepRest || append) return false
    // What ends with a run of zeros that were left out is too short.
    return sparse ? size !== end : this.#start > 0 && size > end
  }

  #sizeOf(opened: OpenHandle): Promise<SftpAttributes> {
    const request = handleRequest(PACKET.FSTAT, opened.id)
    const asked = { what: `look at ${this.#plan.path}`, onHandle: true }
    return this.#session.attributes(this.#op, request, asked)
  }

  #resize(opened: OpenHandle, size: number): Promise<void> {
    const request = attributesRequest(PACKET.FSETSTAT, opened.id, { size })
    const asked = { what: `cut ${this.#plan.path}`, onHandle: true }
    return this.#session.done(this.#op, request, asked)
  }

  /**
   * What was written of a file of our own is of no use, or is cut to what has no gap. The server's part of it; the call does
   * not wait for it.
   */
  async #giveUp(opened: OpenHandle, writing: WriteBehind | undefined): Promise<void> {
    const { resume = false } = this.#plan
    const { pipeline } = this.#session
    await Promise.all([writing?.settled(), this.#lanes?.leave()])
    if (pipeline.failure !== undefined) return
    if (resume && writing !== undefined && !opened.isClosed) {
      const size = { size: writing.gapless }
      pipeline.ask(attributesRequest(PACKET.FSETSTAT, opened.id, size)).catch(() => {})
    }
    await Promise.all([opened.release(), this.#removeOurs()])
  }

  /** What was written of a file of our own. Never rejects. */
  async #removeOurs(): Promise<void> {
    const { path, inPlace = false, resume = false } = this.#plan
    if (inPlace || resume) return
    const bytes = this.#session.path(path)
    await this.#session.pipeline.ask(pathRequest(PACKET.REMOVE, bytes)).catch(() => {})
  }
}

function isFolder(path: string): NetError {
  return netError('NET_BAD_NAME', { message: `${path} is a folder` })
}

function differs(expected: number, received: number): NetError {
  return netError('NET_SIZE_MISMATCH', {
    message: `we sent ${expected} bytes, and the server's file has ${received}`,
    received,
    expected,
  })
}

const PART = '.part'
/** Memory for a small file is as small. */
const SMALLEST = 1024
/** In bytes, at nearly all file systems. */
const LONGEST_NAME = 255
/** In characters, each of up to 4 bytes. */
const SHORTENED = 60
