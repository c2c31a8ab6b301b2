/*
 * Giving a file another name, also that of one that is there: on servers that replace it at once, that do not, or that say
 * so in the wrong words. At every moment one of the two is whole.
 */

import { isNetError, type NetError } from '@net/core'
import { addContext, netError, type Operation } from '@net/core/authoring'

import { fields } from '../identity/wire.ts'
import { typeOf } from './attributes.ts'
import { PACKET, STATUS } from './packets.ts'
import { attributesIfAny, explained } from './path-verbs.ts'
import { extendedRequest, pairRequest } from './requests.ts'
import { isUnsupported, saidBy, refusalOf, SftpError } from './sftp-error.ts'
import type { SftpSession } from './sftp-session.ts'

/** Both names. */
export interface RenamePlan {
  readonly from: string
  readonly to: string
}

/** Renames where nothing has the new name. Rejects with `NET_EXISTS` otherwise. */
export async function renameUnlessTaken(
  session: SftpSession,
  op: Operation,
  { from, to }: RenamePlan,
): Promise<void> {
  // Some servers replace without a word, and all do with a link that leads nowhere.
  const there = await attributesIfAny(session, op, to, false).catch(() => undefined)
  if (there !== undefined) {
    throw netError('NET_EXISTS', { message: `${to} exists already` })
  }
  await plainRename(session, op, { from, to })
}

/** Renames, and replaces a file that has the new name. */
export async function renameOver(
  session: SftpSession,
  op: Operation,
  plan: RenamePlan,
): Promise<void> {
  const { to } = plan
  if (await posixRename(session, op, plan)) return
  try {
    await plainRename(session, op, plan)
  } catch (error) {
    if (!(error instanceof SftpError) || FINAL.has(error.status)) throw error
    const there = await attributesIfAny(session, op, to, false)
    const type = there === undefined ? undefined : typeOf(there)
    if (type !== 'file' && type !== 'link') throw error
    await takePlace(session, op, plan)
  }
}

/** As `renameOver`, for a file that was just written as a whole under a name of ours. Its size tells it from others. */
export async function putInPlace(
  session: SftpSession,
  op: Operation,
  plan: RenamePlan & { readonly size: number },
): Promise<void> {
  const { from, to, size } = plan
  try {
    await renameOver(session, op, plan)
  } catch (error) {
    if (!isNetError(error) || !(error instanceof SftpError)) throw error
    // Its answer may have been lost in an earlier attempt.
    if (error.code === 'NET_NOT_FOUND' && (await hasSize(session, op, to, size))) return
    throw addContext(
      netError(error.code, {
        message: `the content is complete under the name ${from}, which could not become ${to}: ${reasonOf(error)}; { inPlace: true } writes without a second name`,
        ...(error.reply === undefined ? {} : { reply: error.reply }),
        cause: error,
      }),
      { operation: 'rename', retry: 'never' },
    )
  }
}

/** Whether it was done: false where the server does not know how, or fails without saying why. */
async function posixRename(
  session: SftpSession,
  op: Operation,
  { from, to }: RenamePlan,
): Promise<boolean> {
  if (!session.has(POSIX)) return false
  const names = fields(session.path(from), session.path(to))
  try {
    await session.done(op, extendedRequest(POSIX, names), { what: `rename ${from} to ${to}` })
    return true
  } catch (error) {
    if (!(error instanceof SftpError) || error.status === STATUS.NO_SUCH_FILE) throw error
    if (isUnsupported(error)) session.refused(POSIX)
    return false
  }
}

async function plainRename(
  session: SftpSession,
  op: Operation,
  { from, to }: RenamePlan,
): Promise<void> {
  const asked = { what: `rename ${from} to ${to}` }
  const request = pairRequest(PACKET.RENAME, session.path(from), session.path(to))
  try {
    await session.done(op, request, asked)
  } catch (error) {
    const exists = { path: to, is: 'there', name: 'NET_EXISTS', asked } as const
    throw await explained(session, op, error, [{ ...exists, why: `${to} exists already` }])
  }
}

/** The old one goes, and the new one takes its name; asked once more, as some servers need a moment. */
async function takePlace(session: SftpSession, op: Operation, plan: RenamePlan): Promise<void> {
  const { from, to } = plan
  const path = session.path(to)
  await session.done(op, { type: PACKET.REMOVE, body: fields(path) }, { what: `replace ${to}` })
  const again = plainRename(session, op, plan).catch(() => plainRename(session, op, plan))
  await again.catch((error: unknown) => {
    if (!(error instanceof SftpError)) throw error
    throw refusalOf(
      saidBy(error),
      { what: `rename ${from} to ${to}` },
      {
        name: error.code,
        why: `${to} is removed, and its new content has the name ${from}`,
      },
    )
  })
}

async function hasSize(
  session: SftpSession,
  op: Operation,
  path: string,
  size: number,
): Promise<boolean> {
  const found = await attributesIfAny(session, op, path, true).catch(() => undefined)
  return found?.size === size
}

function reasonOf(error: NetError): string {
  return error.message.replace(/^.*?the server refused/, 'the server refused')
}

const POSIX = 'posix-rename@openssh.com'
/** No file is there, it is forbidden, or not known: no other way leads further. */
const FINAL: ReadonlySet<number> = new Set([
  STATUS.NO_SUCH_FILE,
  STATUS.PERMISSION_DENIED,
  STATUS.OP_UNSUPPORTED,
])
