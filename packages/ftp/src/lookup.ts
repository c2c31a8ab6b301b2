/*
 * Whether there is something, and what. A listing that does not show a name proves nothing: servers leave names out of
 * LIST, spell them otherwise, or cut the listing short. What the server says of the name itself is proof.
 */

import { isNetError } from '@net/core'
import { netError } from '@net/core/authoring'

import { verbOf, type Dialog } from './dialog.ts'
import type { FtpEntry } from './entry.ts'
import { isNotKnown, isUnexplained, replyError } from './errors.ts'
import { isFolder } from './folder-visit.ts'
import { readFacts, type FactsLine } from './listing/facts.ts'
import { listFolder, type Listing } from './listing/list.ts'
import { asArgument, splitPath } from './remote-path.ts'
import { isPositive, type FtpReply } from './reply.ts'
import type { Session } from './session.ts'
import { sizeIn } from './size.ts'

/** What is under a path, or how sure it is that nothing is: the server said so of the name, a whole listing lacks it, or neither. */
export type Presence =
  | { readonly is: FtpEntry; readonly proof?: never }
  | { readonly is: undefined; readonly proof: 'named' | 'listed' | 'none' }

/** What the server tells of the path. Rejects with `NET_NOT_FOUND`, or `NET_UNSUPPORTED` where it cannot be asked. */
export async function lookUp(session: Session, dialog: Dialog, path: string): Promise<FtpEntry> {
  const facts = await askForFacts(session, dialog, path)
  if (facts !== undefined) return facts
  const { name } = splitPath(path)
  let listed: Listing | undefined
  try {
    listed = await listAround(session, dialog, path)
  } catch (error) {
    if (!isUnexplained(error)) throw error
    const { is, proof } = await lookFor(session, dialog, path)
    if (is !== undefined) return is
    throw proof === 'none' ? cannotTell(path) : error
  }
  if (name === '') return { name, path, type: 'folder' }
  const found = entryIn(listed, name) ?? (await askByName(session, dialog, path))
  if (typeof found === 'object') return { ...found, path }
  const proof = proofOf(listed, name, found)
  if (proof === 'none') throw cannotTell(path)
  throw netError('NET_NOT_FOUND', { message: `the server has no file or folder called ${name}` })
}

/** As `lookUp`, but nothing is an answer, with what it rests on, and the type is all that is sure of an entry. */
export async function lookFor(session: Session, dialog: Dialog, path: string): Promise<Presence> {
  try {
    const facts = await askForFacts(session, dialog, path)
    if (facts !== undefined) return { is: facts }
    const named = await askByName(session, dialog, path)
    return typeof named === 'object'
      ? { is: named }
      : await lookAround(session, dialog, path, named)
  } catch (error) {
    // Of the name itself, or of what it would be in: nothing is below a file.
    if (isNetError(error) && (error.code === 'NET_NOT_FOUND' || error.code === 'NET_BAD_NAME')) {
      return { is: undefined, proof: 'named' }
    }
    throw error
  }
}

/** What the folder of the path tells. One that is not listed, without a word why, tells no more than whether it is there. */
async function lookAround(
  session: Session,
  dialog: Dialog,
  path: string,
  named: 'absent' | 'unknown',
): Promise<Presence> {
  const { folder, name } = splitPath(path)
  try {
    const listed = await listAround(session, dialog, path)
    const found = entryIn(listed, name)
    return found === undefined
      ? { is: undefined, proof: proofOf(listed, name, named) }
      : { is: found }
  } catch (error) {
    if (named === 'absent' || !isUnexplained(error)) throw error
    const above = name === '' ? undefined : await lookFor(session, dialog, folder)
    return above?.proof === undefined ? { is: undefined, proof: 'none' } : above
  }
}

/** The error where nothing can be said of a name. */
export function cannotTell(path: string): Error {
  return netError('NET_UNSUPPORTED', {
    message: `the server cannot say whether ${path} exists`,
  })
}

/** MLST where the server has it; undefined where not, and where it refuses without a word why. Rejects with `NET_NOT_FOUND`. */
async function askForFacts(
  session: Session,
  dialog: Dialog,
  path: string,
): Promise<FtpEntry | undefined> {
  if (!session.features.has('MLST') || !session.knows('MLST')) return undefined
  const command = `MLST ${asArgument(path)}`
  const reply = await dialog.op.phase('command', () => dialog.ask(command))
  const facts = isPositive(reply) ? factsIn(reply) : undefined
  if (facts !== undefined) {
    session.understood('MLST')
    if (facts.odd > 0) dialog.op.warn('the entry lacks facts that made no sense')
    return { ...facts.entry, name: splitPath(path).name || facts.entry.name, path }
  }
  const error = replyError(reply, verbOf(command))
  if (isPositive(reply) || isNotKnown(error)) session.refused('MLST')
  else if (!isUnexplained(error) || (await isMissing(session, dialog, path))) throw error
  return undefined
}

/** Whether SIZE says in words that nothing has the name. To MLST some servers say the same of one that may not be seen. */
async function isMissing(session: Session, dialog: Dialog, path: string): Promise<boolean> {
  if (!session.knows('SIZE')) return false
  const reply = await dialog.op.phase('command', () => dialog.ask(`SIZE ${asArgument(path)}`))
  const error = isPositive(reply) ? undefined : replyError(reply, 'SIZE')
  return error?.code === 'NET_NOT_FOUND' && !isUnexplained(error)
}

/** The facts stand in a line of their own that begins with a space; pure-ftpd leaves the space out, others the line. */
function factsIn({ text }: FtpReply): FactsLine | undefined {
  const lines = text.split('\n')
  const candidates = [...lines.slice(1, -1), lines[0]?.slice(CODE) ?? '']
  const line = candidates.map((each) => each.replace(/^ /, '')).find((each) => FACTS.test(each))
  return line === undefined ? undefined : readFacts(line)
}

/** What SIZE, MDTM and CWD say of a name: an entry, that there is none, or neither. */
async function askByName(
  session: Session,
  dialog: Dialog,
  path: string,
): Promise<FtpEntry | 'absent' | 'unknown'> {
  const { name } = splitPath(path)
  const folder = await isFolder(session, dialog, path)
  if (folder === true) return { name, path, type: 'folder' }
  for (const verb of ['SIZE', 'MDTM']) {
    if (!session.knows(verb)) continue
    const reply = await dialog.op.phase('command', () => dialog.ask(`${verb} ${asArgument(path)}`))
    const size = verb === 'SIZE' ? sizeIn(reply) : undefined
    if (isPositive(reply))
      return { name, path, type: 'file', ...(size === undefined ? {} : { size }) }
    const error = replyError(reply, verb)
    if (isNotKnown(error)) session.refused(verb)
    else if (folder === false && error.code === 'NET_NOT_FOUND') return 'absent'
  }
  return 'unknown'
}

/** The folder of the path; undefined if it is too large to be looked through. */
async function listAround(
  session: Session,
  dialog: Dialog,
  path: string,
): Promise<Listing | undefined> {
  const { folder, name } = splitPath(path)
  try {
    return await listFolder(session, dialog, name === '' ? path : folder)
  } catch (error) {
    if (isNetError(error) && error.code === 'NET_PROTO_LIMIT') return undefined
    throw error
  }
}

function entryIn(listed: Listing | undefined, name: string): FtpEntry | undefined {
  return listed?.entries.find((entry) => entry.name === name)
}

function proofOf(
  listed: Listing | undefined,
  name: string,
  named: 'absent' | 'unknown',
): 'named' | 'listed' | 'none' {
  if (named === 'absent') return 'named'
  // LIST hides such names at many servers.
  return listed?.isWhole === true && !name.startsWith('.') ? 'listed' : 'none'
}

/** The digits of the reply's code, and what stands behind them. */
const CODE = 4
const FACTS = /^(?:[^ ;=]+=[^;]*;)+ ./
