/* Sending a file: STOR, the bytes of a source, and SIZE afterwards, which must say the same. */

import type { Hash } from 'node:crypto'

import { isNetError, type NetError, type Source } from '@net/core'
import {
  clock,
  isFileSource,
  isTextSource,
  netError,
  openSourceAtOnce,
  PIECE,
  type OpenSource,
  type Operation,
} from '@net/core/authoring'
import { sendAll, type CallerTurn } from '@net/socket/authoring'

import { inAscii } from './ascii.ts'
import { compareHash, hashFor } from './compare-hash.ts'
import type { Dialog } from './dialog.ts'
import type { TransferResult } from './entry.ts'
import { errorOf, isVague, replyError } from './errors.ts'
import { isFolder } from './folder-visit.ts'
import { ToWire } from './line-ends.ts'
import { cutShort } from './listing/listing-words.ts'
import { Pace } from './pace.ts'
import { asArgument, splitPath } from './remote-path.ts'
import type { FtpReply } from './reply.ts'
import type { Session } from './session.ts'
import { askSize } from './size.ts'
import { tapped } from './source-tap.ts'
import { transfer, type Transferred } from './transfer.ts'

/** What is sent, and how. */
export interface UploadPlan {
  readonly source: Source
  /** The path of the file; for STOU only what the server may make a name of. */
  readonly path: string
  /** `APPE` adds to the file, `STOU` lets the server choose a name. Default `STOR`. */
  readonly verb?: 'STOR' | 'APPE' | 'STOU' | undefined
  /** How many bytes of the file stay, which are those that the source does not have. Default 0. */
  readonly start?: number | undefined
  /** Whether line ends are changed to those of the network. Default false. */
  readonly ascii?: boolean | undefined
  /** Compares a hash as well. Default false. */
  readonly hash?: boolean | undefined
  /** The most bytes a second. Default any number. */
  readonly rate?: number | undefined
  /** Whether the server is asked first for room. Default false. */
  readonly allocate?: boolean | undefined
  /** Called when the server has begun to take the file: from there on what it has under the path is of this source. */
  readonly begun?: (() => void) | undefined
  /** Whether this is the last command of the call. Default false. */
  readonly isLast?: boolean | undefined
}

/** Sends the source to the path. Rejects with `NET_SIZE_MISMATCH` if the server has another size afterwards. */
export async function upload(
  session: Session,
  dialog: Dialog,
  plan: UploadPlan,
): Promise<TransferResult> {
  const { op } = dialog
  const { source, path, verb = 'STOR', start = 0 } = plan
  const check = plan.hash === true ? hashFor(session, start) : undefined
  // STOR empties the file on the server: not for one of ours that cannot be read.
  const opened = await openSourceAtOnce(source)
  const turn: CallerTurn | undefined = isOurs(source)
    ? undefined
    : (read) => session.callerTurn(read)
  let closing: Promise<void> | undefined
  const close = (): Promise<void> => (closing ??= opened.close())
  const letGo = (): void => void close().catch(() => {})
  const forget = op.onAbort(letGo)
  try {
    if (plan.allocate === true) await askForRoom(dialog, opened.size)
    const from = clock().date()
    const before = verb === 'APPE' ? ((await askSize(session, dialog, path)) ?? 0) : start
    const sending = async (): Promise<Transferred<number>> =>
      transfer(session, dialog, {
        command: commandOf(verb, path),
        start,
        mayEndEarly: false,
        move: (data) => {
          plan.begun?.()
          return sendAll(op, data, prepared(op, opened, plan, check?.digest), turn)
        },
        // It may have nothing to give for hours.
        letGo,
      })
    const sent = plan.ascii === true ? inAscii(session, dialog, sending) : sending()
    const { moved, started, reply } = await sent.catch(async (error: unknown) => {
      throw (
        (await whyRefused(session, dialog, { path, verb }, error).catch(() => undefined)) ?? error
      )
    })
    session.times.wrote({ path, folder: session.place.folder, from, to: clock().date() })
    const result = { transferred: moved, size: before + moved, reply: reply.text }
    if (verb === 'STOU') return { ...result, ...named(started, reply), verified: false }
    if (plan.ascii === true) return { ...result, verified: false }
    const verified = await isVerified(session, dialog, plan, { size: result.size, reply })
    if (check !== undefined) await compareHash(session, dialog, path, check)
    return { ...result, verified }
  } finally {
    forget()
    await close()
  }
}

/** RFC 959: most servers need none and say so; what else is refused says nothing of the file. */
async function askForRoom(dialog: Dialog, size: number | undefined): Promise<void> {
  if (size === undefined || size === 0) return
  const reply = await dialog.op.phase('command', () => dialog.ask(`ALLO ${size}`))
  if (FULL.has(reply.status)) throw replyError(reply, 'ALLO')
}

/** What the size on the server says of the transfer: true, or false where it says nothing. Rejects where it differs. */
async function isVerified(
  session: Session,
  dialog: Dialog,
  { path, hash = false, isLast = false }: UploadPlan,
  { size: expected, reply }: { size: number; reply: FtpReply },
): Promise<boolean> {
  const size = await askSize(session, dialog, path, isLast && !hash)
  if (size !== undefined && size !== expected) throw differs(expected, size)
  const cut = size === undefined ? cutShort(reply, path) : undefined
  if (cut !== undefined) throw cut
  return size !== undefined
}

function commandOf(verb: string, path: string): string {
  return path === '' ? verb : `${verb} ${asArgument(path)}`
}

/** The source with what the plan wants done to its bytes. */
function prepared(
  op: Operation,
  opened: OpenSource,
  { ascii = false, rate = Infinity }: UploadPlan,
  digest: Hash | undefined,
): OpenSource {
  if (!ascii && rate === Infinity && digest === undefined) return opened
  const pace = new Pace(op, rate)
  const ends = new ToWire()
  return tapped(opened, {
    look(bytes) {
      digest?.update(bytes)
      return rate === Infinity ? undefined : pace.moved(bytes.length)
    },
    ...(ascii ? { change: (bytes: Uint8Array) => ends.convert(bytes) } : {}),
    ...(rate === Infinity ? {} : { piece: PIECE }),
  })
}

/** RFC 1123, section 4.1.2.9, wants `150 FILE: name`; servers say it in either reply, and in words of their own. */
function named(started: FtpReply, reply: FtpReply): { readonly path?: string } {
  for (const { text } of [started, reply]) {
    const [, name] =
      /(?:FILE:|file name:|created? as|unique name)\s*"?([^"\r\n]+?)"?\.?\s*$/i.exec(text) ?? []
    if (name !== undefined) return { path: name }
  }
  return {}
}

/** The better error where the server does not say why it refused: often the folder is missing. */
async function whyRefused(
  session: Session,
  dialog: Dialog,
  { path, verb }: { path: string; verb: string },
  error: unknown,
): Promise<NetError | undefined> {
  const { status = 0, text = '' } = (isNetError(error) ? error.reply : undefined) ?? {}
  if (verb === 'STOU' || !isVague({ status, text }, verb)) return undefined
  const above = await isFolder(session, dialog, splitPath(path).folder)
  return above === false ? errorOf('NET_NOT_FOUND', { status, text }, verb) : undefined
}

function isOurs(source: Source): boolean {
  return (
    source instanceof Uint8Array ||
    source instanceof Blob ||
    isFileSource(source) ||
    isTextSource(source)
  )
}

function differs(expected: number, received: number): Error {
  return netError('NET_SIZE_MISMATCH', {
    message: `we sent ${expected} bytes, and the server's file has ${received}`,
    received,
    expected,
  })
}

const FULL: ReadonlySet<number> = new Set([452, 552])
