/* Sending a file: STOR, the bytes of a source, and SIZE afterwards, which must say the same. */

import { isNetError, type NetError, type Source } from '@net/core'
import { isFileSource, isTextSource, netError, openSourceAtOnce } from '@net/core/authoring'
import { sendAll, type CallerTurn } from '@net/socket/authoring'

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
    const { moved: sent, reply } = await transfer(session, dialog, {
      command: `STOR ${asArgument(path)}`,
      mayEndEarly: false,
      move: (data) => sendAll(op, data, opened, turn),
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
