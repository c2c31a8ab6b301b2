/*
 * Giving a file another name, also that of one that is there: on servers that replace it at once, that do not, or that say
 * so in the wrong words. At every moment one of the two is whole.
 */

import { randomUUID } from 'node:crypto'

import { isNetError, type NetError } from '@net/core'
import { addContext, netError, type Operation } from '@net/core/authoring'

import { fields } from '../identity/wire.ts'
import { typeOf } from './attributes.ts'
import { nameOf } from './entry.ts'
import { PACKET, STATUS } from './packets.ts'
import { attributesIfAny, explained } from './path-verbs.ts'
import { extendedRequest, pairRequest, pathRequest, type Request } from './requests.ts'
import { isUnsupported, saidBy, refusalOf, SftpError, type Asked } from './sftp-error.ts'
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
  const there = await attributesIfAny(session, op, to, false).catch((error: unknown) => {
    throw error instanceof SftpError ? notTold(error, { from, to }) : error
  })
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
    if (plan.from === to) return
    await takePlace(session, op, { ...plan, aside: asideName(to) }, error)
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
    await session.done(op, extendedRequest(POSIX, names), renaming({ from, to }))
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
  const asked = renaming({ from, to })
  const request = pairRequest(PACKET.RENAME, session.path(from), session.path(to))
  try {
    await session.done(op, request, asked)
  } catch (error) {
    const exists = { path: to, is: 'there', name: 'NET_EXISTS', asked } as const
    throw await explained(session, op, error, [{ ...exists, why: `${to} exists already` }])
  }
}

interface AsidePlan extends RenamePlan {
  /** The name that the old one has meanwhile. */
  readonly aside: string
}

/**
 * The old one is put aside, the new one takes its name, and only then the old one goes: where that is refused it comes back.
 * Rejects with `refusal` where it cannot be put aside.
 */
async function takePlace(
  session: SftpSession,
  op: Operation,
  plan: AsidePlan,
  refusal: SftpError,
): Promise<void> {
  const { from, to, aside } = plan
  await plainRename(session, op, { from: to, to: aside }).catch((error: unknown) => {
    if (error instanceof SftpError) throw refusal
    void bringBack(session, plan)
    throw error
  })
  try {
    await renameTwice(session, op, { from, to })
  } catch (error) {
    const bringing = bringBack(session, plan)
    // The call does not wait for it where it was stopped.
    if (!(error instanceof SftpError)) throw error
    const end = await bringing
    if (end === 'replaced') return
    if (end === 'back') throw error
    const why = `${to} has the name ${aside} now, and its new content the name ${from}`
    throw refusalOf(saidBy(error), renaming({ from, to }), { name: error.code, why })
  }
  // What was there is replaced, also where the server does not let it be removed.
  await session.ask(op, pathRequest(PACKET.REMOVE, session.path(aside)))
}

/** Asked once more, as some servers need a moment. */
async function renameTwice(session: SftpSession, op: Operation, plan: RenamePlan): Promise<void> {
  try {
    await plainRename(session, op, plan)
  } catch (error) {
    if (!(error instanceof SftpError)) throw error
    await plainRename(session, op, plan)
  }
}

/** Gives the old one its name again; or removes it, where the new one has that name after all. Never rejects. */
async function bringBack(
  session: SftpSession,
  { from, to, aside }: AsidePlan,
): Promise<'back' | 'replaced' | 'aside'> {
  const statusOf = async (request: Request): Promise<number> => {
    const reply = await session.pipeline.ask(request)
    return reply.type === 'status' ? reply.code : STATUS.OK
  }
  try {
    const [back, left] = await Promise.all([
      statusOf(pairRequest(PACKET.RENAME, session.path(aside), session.path(to))),
      // Along with it: who wrote that file may remove it now that the call has failed.
      statusOf(pathRequest(PACKET.LSTAT, session.path(from))),
    ])
    if (back === STATUS.OK) return 'back'
    if (left !== STATUS.NO_SUCH_FILE) return 'aside'
    await statusOf(pathRequest(PACKET.REMOVE, session.path(aside)))
    return 'replaced'
  } catch {
    // The session has ended: both are there, each under its name.
    return 'aside'
  }
}

/** In the same folder, and as long as any name may be. */
function asideName(path: string): string {
  const name = nameOf(path)
  return `${path.slice(0, path.lastIndexOf(name))}.${randomUUID()}.old`
}

function renaming({ from, to }: RenamePlan): Asked {
  return { what: `rename ${from} to ${to}` }
}

/** Nothing proves that the name is free, and there are servers that replace what has it. */
function notTold(error: SftpError, plan: RenamePlan): SftpError {
  const why = `it does not tell whether ${plan.to} exists; { replace: true } does not ask`
  return refusalOf(saidBy(error), renaming(plan), { name: error.code, why })
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
