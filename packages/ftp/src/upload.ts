/* Sending a file: STOR, the bytes of a source, and SIZE afterwards, which must say the same. */

import { isNetError, type NetError, type Source } from '@net/core'
import {
  addContext,
  Deadline,
  isFileSource,
  isTextSource,
  netError,
  openSource,
  piecesOf,
  sizeOf,
  type OpenSource,
  type Operation,
  stoppable,
} from '@net/core/authoring'
import type { Transport } from '@net/socket'

import type { Dialog } from './dialog.ts'
import type { TransferResult } from './entry.ts'
import { errorOf, isVague } from './errors.ts'
import { isFolder } from './folder-visit.ts'
import { cutShort } from './listing/listing-words.ts'
import { asArgument, splitPath } from './remote-path.ts'
import type { Session } from './session.ts'
import { askSize } from './size.ts'
import { transfer } from './transfer.ts'

/** Sends the source to the path. Rejects with `NET_SIZE_MISMATCH` if the server has another size afterwards. */
export async function upload(
  session: Session,
  dialog: Dialog,
  source: Source,
  path: string,
): Promise<TransferResult> {
  const { op } = dialog
  const opened = await openSource(source)
  let closing: Promise<void> | undefined
  const close = (): Promise<void> => (closing ??= opened.close())
  const letGo = (): void => void close().catch(() => {})
  const forget = op.onAbort(letGo)
  try {
    const { moved: sent, reply } = await transfer(session, dialog, {
      command: `STOR ${asArgument(path)}`,
      mayEndEarly: false,
      move: (data) => send(session, op, data, { opened, isOurs: isOurs(source) }),
      // It may have nothing to give for hours.
      letGo,
    }).catch(async (error: unknown) => {
      throw (await whyRefused(session, dialog, path, error).catch(() => undefined)) ?? error
    })
    const size = await askSize(session, dialog, path)
    if (size !== undefined && size !== sent) throw differs(sent, size)
    const cut = size === undefined ? cutShort(reply, path) : undefined
    if (cut !== undefined) throw cut
    return { transferred: sent, size: sent, verified: size !== undefined }
  } finally {
    forget()
    await close()
  }
}

/** The better error where the server does not say why it refused: often the folder is missing. */
async function whyRefused(
  session: Session,
  dialog: Dialog,
  path: string,
  error: unknown,
): Promise<NetError | undefined> {
  const { status = 0, text = '' } = (isNetError(error) ? error.reply : undefined) ?? {}
  if (!isVague({ status, text }, 'STOR')) return undefined
  const above = await isFolder(session, dialog, splitPath(path).folder)
  return above === false ? errorOf('NET_NOT_FOUND', { status, text }, 'STOR') : undefined
}

interface Sending {
  readonly opened: OpenSource
  /** Whether reading it runs no code of the caller's. */
  readonly isOurs: boolean
}

async function send(
  session: Session,
  op: Operation,
  data: Transport,
  { opened, isOurs }: Sending,
): Promise<number> {
  const limits = limitsOf(op)
  const chunks = opened.chunks()[Symbol.asyncIterator]()
  const next = (): Promise<IteratorResult<Uint8Array, unknown>> => handled(chunks.next())
  const read = isOurs ? next : () => handled(session.callerTurn(next))
  let sent = 0
  try {
    for (let ahead: ReturnType<typeof read> | undefined; ;) {
      const result = await stoppable(op, ahead ?? read())
      if (result.done === true) break
      // A chunk of our own making is read ahead while the one before it is on its way; the caller's must have left, as
      // it may be in the same buffer.
      ahead = isOurs ? read() : undefined
      for (const piece of piecesOf([result.value])) {
        await waiting(op, limits, data.write(piece))
        const size = sizeOf(piece)
        sent += size
        for (const limit of limits) limit.moved(size)
        op.progress(sent, opened.size)
      }
    }
    await waiting(op, limits, data.end())
    return sent
  } catch (error) {
    throw isNetError(error) ? addContext(error, { phase: 'send' }) : error
  }
}

/** `idle`, and `write` where it could pass before it. */
function limitsOf(op: Operation): readonly Deadline[] {
  const { idle, write } = op.limits
  if (write >= idle) return [op.idle]
  return [op.idle, new Deadline(write, () => op.fail(notTaken(write)))]
}

/** The limits run only while it is the peer that we wait for. */
async function waiting(
  op: Operation,
  limits: readonly Deadline[],
  done: Promise<void>,
): Promise<void> {
  for (const limit of limits) limit.start()
  try {
    await stoppable(op, done)
  } finally {
    for (const limit of limits) limit.stop()
  }
}

/** The failure of a chunk that is read ahead is told when it is its turn, or never. */
function handled<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => {})
  return promise
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

function notTaken(limit: number): ReturnType<typeof netError> {
  return netError('NET_TIMEOUT_WRITE', {
    message: `the server accepted no data for ${limit} ms`,
    limit,
    phase: 'send',
  })
}
