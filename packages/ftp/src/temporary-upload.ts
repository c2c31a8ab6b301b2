/*
 * An upload under another name, which becomes the file only when it is whole: who looks at the folder meanwhile sees the
 * old file or none.
 */

import { randomUUID } from 'node:crypto'

import { isNetError, type NetError } from '@net/core'
import { addContext, clock, netError } from '@net/core/authoring'

import type { Dialog } from './dialog.ts'
import type { TransferResult } from './entry.ts'
import { isVague, replyError } from './errors.ts'
import { asArgument, splitPath } from './remote-path.ts'
import { renamed } from './rename.ts'
import { isPositive, type FtpReply } from './reply.ts'
import type { Session } from './session.ts'
import type { UploadPlan } from './upload.ts'

/** An upload under another name. */
export interface AsidePlan extends UploadPlan {
  readonly temporary: string
  /** Whether what was sent stays under the temporary name if the upload fails. */
  readonly keeps: boolean
  /** Whether what is there under that name is of an earlier attempt. */
  readonly isOurs: boolean
}

/** Sends what the plan says, by `send`, under the temporary name, and renames. Rejects with what failed; the message says where the content is. */
export async function uploadAside(
  session: Session,
  dialog: Dialog,
  plan: AsidePlan,
  send: (plan: UploadPlan) => Promise<TransferResult>,
): Promise<TransferResult> {
  const { temporary, path } = plan
  let { isOurs } = plan
  const begun = (): void => {
    isOurs = true
    plan.begun?.()
  }
  const aside = { ...plan, path: temporary, begun }
  const result = await send(aside).catch(async (error: unknown) => {
    // Until the server has begun to take ours, what is there belongs to another program.
    if (isOurs && !plan.keeps) await clear(dialog, temporary)
    throw error
  })
  const old = await takeItsName(session, dialog, temporary, path).catch((error: unknown) => {
    const where = `the content is complete under the name ${temporary}, which could not become ${path}`
    throw unfinished(error, where)
  })
  if (old === undefined) return result
  await removeOld(dialog, old).catch((error: unknown) => {
    const where = `${path} has its new content, and what it was could not be removed and has the name ${old} now`
    throw unfinished(error, where)
  })
  return result
}

/** The error of an upload whose content is all there: a repeat would only send it once more. */
function unfinished(error: unknown, where: string): unknown {
  if (!isNetError(error)) return error
  const { code, message, reply } = error
  const details = { message: `${where}: ${message}`, ...(reply === undefined ? {} : { reply }) }
  return addContext(netError(code, { ...details, cause: error }), { retry: 'never' })
}

/** The name that an upload has until it is whole; it ends as no file does that anybody waits for. Throws `NET_BAD_OPTION`. */
export function temporaryName(path: string): string {
  if (path.startsWith("'")) {
    throw netError('NET_BAD_OPTION', {
      message:
        'a name in quotes, as z/OS has them, cannot be changed; give a function that makes the temporary one',
    })
  }
  const { folder, name } = splitPath(path)
  const inFolder = path.includes('/') ? `${folder === '/' ? '' : folder}/` : ''
  return `${inFolder}.${name}.part`
}

/** Resolves to the name of the old file where that had to be put aside. */
async function takeItsName(
  session: Session,
  dialog: Dialog,
  from: string,
  to: string,
): Promise<string | undefined> {
  if (!session.knows(REPLACING)) return replaceOld(session, dialog, { from, to })
  const reply = await renamed(session, dialog, from, to)
  if (isPositive(reply)) return undefined
  if (!isAboutOldFile(reply)) throw replyError(reply, 'RNTO')
  session.refused(REPLACING)
  return replaceOld(session, dialog, { from, to, refusal: reply })
}

interface Replacing {
  readonly from: string
  readonly to: string
  /** What the server said to the name where the old file was in its way. */
  readonly refusal?: FtpReply
}

/** The old file is put aside, and the new one takes its name; where that is refused the old one comes back. */
async function replaceOld(
  session: Session,
  dialog: Dialog,
  { from, to, refusal }: Replacing,
): Promise<string | undefined> {
  const aside = temporaryName(to).replace(/part$/, `${randomUUID()}.old`)
  const isAside = await isRenamed(session, dialog, to, aside)
  if (!isAside && refusal !== undefined) throw replyError(refusal, 'RNTO')
  const error = await renamed(session, dialog, from, to).then(
    (reply) => (isPositive(reply) ? undefined : replyError(reply, 'RNTO')),
    (thrown: NetError) => thrown,
  )
  if (error === undefined) return isAside ? aside : undefined
  const isBack = !isAside || (await isRenamed(session, dialog, aside, to).catch(() => false))
  if (isBack) throw error
  const message = `${error.message}; what ${to} was has the name ${aside} now`
  throw addContext(netError(error.code, { message, cause: error }), { reply: error.reply })
}

async function removeOld(dialog: Dialog, path: string): Promise<void> {
  const reply = await dialog.op.phase('command', () => dialog.work(`DELE ${asArgument(path)}`))
  if (!isPositive(reply)) throw replyError(reply, 'DELE')
}

/** Whether it has the other name now. Rejects with what stops the call. */
async function isRenamed(
  session: Session,
  dialog: Dialog,
  from: string,
  to: string,
): Promise<boolean> {
  try {
    return isPositive(await renamed(session, dialog, from, to))
  } catch (error) {
    if (isNetError(error) && error.reply !== undefined) return false
    throw error
  }
}

/** Whether the old file may be in the way: one that is refused for another reason must not lose it. */
function isAboutOldFile(reply: FtpReply): boolean {
  const { code } = replyError(reply, 'RNTO')
  return code === 'NET_EXISTS' || (OVER.has(reply.status) && isVague(reply, 'RNTO'))
}

/** What is left of an upload that failed is of no use; where the session still answers, it goes. */
async function clear(dialog: Dialog, path: string): Promise<void> {
  const { op, control } = dialog
  if (op.signal.aborted || control.failure !== undefined || control.owed) return
  const answered = dialog.ask(`DELE ${asArgument(path)}`).catch(() => {})
  const { reply } = op.limits
  if (reply === Infinity) await answered
  else await withinLimit(answered, reply)
}

/** Waits for so long at most, and tells nothing of it: the call rejects with why the upload failed. */
function withinLimit(waited: Promise<unknown>, limit: number): Promise<void> {
  return new Promise((resolve) => {
    const timer = clock().after(limit, resolve)
    void waited.then(() => {
      timer.clear()
      resolve()
    })
  })
}

/** That RNTO takes the place of a file: not at IIS, FileZilla Server and hosted storage. */
const REPLACING = 'RNTO of a name that is taken'
const OVER: ReadonlySet<number> = new Set([550, 553, 501, 521])
