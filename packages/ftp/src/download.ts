/* Fetching a file: SIZE, RETR, the bytes into a sink; the sink is whole only if there are as many as SIZE said. */

import { isNetError, type NetError, type Sink } from '@net/core'
import { isFileSink, netError, openSink } from '@net/core/authoring'

import type { Dialog } from './dialog.ts'
import type { TransferResult } from './entry.ts'
import { errorOf, isVague } from './errors.ts'
import { isFolder } from './folder-visit.ts'
import { cutShort } from './listing/listing-words.ts'
import { receiveInto } from './receive.ts'
import { asArgument } from './remote-path.ts'
import type { Session } from './session.ts'
import { announcedSize, askSize } from './size.ts'
import { transfer } from './transfer.ts'

/** What is fetched, and where it goes. */
export interface DownloadPlan {
  readonly path: string
  readonly sink: Sink
  readonly resume: boolean
  /** The sink runs no code of the caller's. Default: it is a file. */
  readonly isOurs?: boolean
}

/** Fetches a file into the sink. Rejects with `NET_PROTO_INCOMPLETE` if it ended early, `NET_SIZE_MISMATCH` if it is too long. */
export async function download(
  session: Session,
  dialog: Dialog,
  { path, sink, resume, isOurs = isFileSink(sink) }: DownloadPlan,
): Promise<TransferResult> {
  const { op } = dialog
  const size = await askSize(session, dialog, path)
  await using opened = await openSink(sink, { resume })
  let aborting: Promise<void> | undefined
  const letGo = (reason: unknown): void => {
    aborting = opened.abort(reason).catch(() => {})
  }
  const forget = op.onAbort(letGo)
  try {
    const start = opened.position
    if (size !== undefined && start > size) throw partTooLong(start, size)
    const { moved: expected, reply } = await transfer(session, dialog, {
      command: `RETR ${asArgument(path)}`,
      start,
      mayEndEarly: true,
      move: async (data, started) => {
        const whole = size ?? (start === 0 ? announcedSize(started, path) : undefined)
        const into = {
          lends: !opened.keepsChunks,
          async write(chunks: readonly Uint8Array[]): Promise<number> {
            const write = (): Promise<void> => opened.writeAll(chunks)
            await (isOurs ? write() : session.callerTurn(write))
            return opened.position
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
      },
      letGo,
    }).catch(async (error: unknown) => {
      const reason = whyRefused(session, dialog, { path, size, error })
      throw (await reason.catch(() => undefined)) ?? error
    })
    const { position } = opened
    if (expected !== undefined && position !== expected) throw differs(position, expected)
    const cut = expected === undefined ? cutShort(reply, path) : undefined
    if (cut !== undefined) throw cut
    await opened.commit()
    return { transferred: position - start, size: position, verified: size !== undefined }
  } finally {
    forget()
    await aborting
  }
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
