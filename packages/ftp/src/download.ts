/* Fetching a file: SIZE, RETR, the bytes into a sink; the sink is whole only if there are as many as SIZE said. */

import { isNetError, type NetError, type Sink } from '@net/core'
import { isFileSink, netError, openSink, type OpenSink, type Operation } from '@net/core/authoring'
import type { Transport } from '@net/socket'

import { Arrival } from './arrival.ts'
import { inAscii } from './ascii.ts'
import { compareHash, hashFor } from './compare-hash.ts'
import type { Dialog } from './dialog.ts'
import type { TransferResult } from './entry.ts'
import { errorOf, isVague } from './errors.ts'
import { isFolder } from './folder-visit.ts'
import { cutShort } from './listing/listing-words.ts'
import { versionOf } from './part-version.ts'
import { receiveInto } from './receive.ts'
import { asArgument } from './remote-path.ts'
import type { FtpReply } from './reply.ts'
import type { Session } from './session.ts'
import { announcedSize, askSize } from './size.ts'
import { transfer, type Transferred } from './transfer.ts'

/** What is fetched, and where it goes. */
export interface DownloadPlan {
  readonly path: string
  readonly sink: Sink
  readonly resume: boolean
  /** The sink runs no code of the caller's. Default: it is a file. */
  readonly isOurs?: boolean
  /** The first byte that is fetched. Default 0. */
  readonly start?: number | undefined
  /** Whether line ends of the network become LF. Default false. */
  readonly ascii?: boolean | undefined
  /** Compares a hash as well. Default false. */
  readonly hash?: boolean | undefined
  /** The most bytes a second. Default any number. */
  readonly rate?: number | undefined
}

/** Fetches a file into the sink. Rejects with `NET_PROTO_INCOMPLETE` if it ended early, `NET_SIZE_MISMATCH` if it is too long. */
export async function download(
  session: Session,
  dialog: Dialog,
  plan: DownloadPlan,
): Promise<TransferResult> {
  const { path, resume, start: base = 0, ascii = false } = plan
  const size = ascii ? undefined : await askSize(session, dialog, path)
  const version = await versionOf(session, dialog, plan, size)
  await using opened = await openSink(plan.sink, { resume, version })
  let aborting: Promise<void> | undefined
  const letGo = (reason: unknown): void => {
    aborting = opened.abort(reason).catch(() => {})
  }
  const forget = dialog.op.onAbort(letGo)
  try {
    const before = opened.position
    const start = base + before
    if (size !== undefined && start > size) throw partTooLong(start, size)
    // Before all else: of a part no hash can be compared, not even if nothing is missing.
    if (plan.hash === true) hashFor(session, start)
    const isAll = start > 0 && start === size
    const fetched = isAll ? {} : await fetch(session, dialog, plan, { opened, size, start, letGo })
    await opened.commit()
    const transferred = opened.position - before
    return {
      transferred,
      size: base + opened.position,
      verified: size !== undefined,
      ...fetched,
    }
  } finally {
    forget()
    await aborting
  }
}

interface Fetch {
  readonly opened: OpenSink
  readonly size: number | undefined
  readonly start: number
  readonly letGo: (reason: unknown) => void
}

/** The bytes from `start` on, checked in every way there is. */
async function fetch(
  session: Session,
  dialog: Dialog,
  plan: DownloadPlan,
  { opened, size, start, letGo }: Fetch,
): Promise<{ readonly reply: string }> {
  const { op } = dialog
  const { path, start: base = 0, ascii = false, isOurs = isFileSink(plan.sink) } = plan
  const check = plan.hash === true ? hashFor(session, start) : undefined
  const arrival = new Arrival(op, opened, { ...plan, digest: check?.digest })
  const wholeOf = (started: FtpReply): number | undefined =>
    size ?? (start === 0 && !ascii ? announcedSize(started, path) : undefined)
  const fetching = (): Promise<Transferred<number | undefined>> =>
    transfer(session, dialog, {
      command: `RETR ${asArgument(path)}`,
      start,
      mayEndEarly: true,
      move: (data, started) => {
        const whole = wholeOf(started)
        return receive({ op, session, data }, opened, arrival, { base, isOurs, whole })
      },
      letGo,
    })
  const fetched = ascii ? inAscii(session, dialog, fetching) : fetching()
  const { moved: expected, reply } = await fetched.catch(async (error: unknown) => {
    const reason = whyRefused(session, dialog, { path, size, error })
    throw (await reason.catch(() => undefined)) ?? error
  })
  await arrival.end()
  const position = base + opened.position
  if (expected !== undefined && position !== expected) throw differs(position, expected)
  const cut = expected === undefined ? cutShort(reply, path) : undefined
  if (cut !== undefined) throw cut
  if (check !== undefined) await compareHash(session, dialog, path, check)
  return { reply: reply.text }
}

interface Receiving {
  readonly op: Operation
  readonly session: Session
  readonly data: Transport
}

interface Received {
  readonly base: number
  readonly isOurs: boolean
  readonly whole: number | undefined
}

/** Everything that the server sends, into the sink; resolves to how many bytes the file should have. */
async function receive(
  { op, session, data }: Receiving,
  opened: OpenSink,
  arrival: Arrival,
  { base, isOurs, whole }: Received,
): Promise<number | undefined> {
  const into = {
    lends: !opened.keepsChunks,
    async write(chunks: readonly Uint8Array[]): Promise<number> {
      const write = (): Promise<void> => arrival.write(chunks)
      await (isOurs ? write() : session.callerTurn(write))
      return base + opened.position
    },
  }
  let broken: { readonly error: unknown } | undefined
  opened.onFailure((error) => {
    // The server may be silent, and its bytes have no reader any more.
    broken = { error }
    data.abort(error)
  })
  try {
    await op.phase('receive', () => receiveInto(op, data, into, whole))
  } catch (error) {
    throw broken === undefined ? error : broken.error
  }
  return whole
}

interface Refused {
  readonly path: string
  readonly size: number | undefined
  readonly error: unknown
}

/** The better error where the server does not say why it refused; it is worth looking once. */
async function whyRefused(
  session: Session,
  dialog: Dialog,
  { path, size, error }: Refused,
): Promise<NetError | undefined> {
  const { status = 0, text = '' } = (isNetError(error) ? error.reply : undefined) ?? {}
  if (!isVague({ status, text }, 'RETR')) return undefined
  if (size !== undefined) return errorOf('NET_ACCESS_DENIED', { status, text }, 'RETR')
  const folder = await isFolder(session, dialog, path)
  return folder === true ? errorOf('NET_BAD_NAME', { status, text }, 'RETR') : undefined
}

/** Servers answer an offset behind the end with anything: a refusal, or an empty transfer. */
function partTooLong(received: number, expected: number): NetError {
  return netError('NET_SIZE_MISMATCH', {
    message: `the part that is to be resumed has ${received} bytes, more than the file (${expected})`,
    received,
    expected,
  })
}

function differs(received: number, expected: number): NetError {
  const code = received < expected ? 'NET_PROTO_INCOMPLETE' : 'NET_SIZE_MISMATCH'
  return netError(code, {
    message: `the server sent ${received} of ${expected} bytes and reported success`,
    received,
    expected,
    phase: 'receive',
  })
}
