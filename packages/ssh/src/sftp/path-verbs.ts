/*
 * What is asked about paths: one request, or as many as it takes to say what happened where the server's answer does not
 * say it.
 */

import { isNetError, type NetErrorCode } from '@net/core'
import { netError, type Operation } from '@net/core/authoring'

import { fields } from '../identity/wire.ts'
import { long, typeBits, typeOf, type SftpAttributes, type SftpType } from './attributes.ts'
import { entryOf, folderOf, type SftpEntry } from './entry.ts'
import { PACKET, STATUS } from './packets.ts'
import {
  attributesRequest,
  extendedRequest,
  handleRequest,
  pairRequest,
  pathRequest,
} from './requests.ts'
import { isVague, refusalOf, saidBy, SftpError, type Asked } from './sftp-error.ts'
import type { SftpSession } from './sftp-session.ts'

/** One file or folder; `follow` tells of what a link leads to. */
export async function statPath(
  session: SftpSession,
  op: Operation,
  path: string,
  follow: boolean,
): Promise<SftpEntry> {
  return entryOf(path, await attributesOf(session, op, path, follow))
}

/** The attributes of what has the path. */
export async function attributesOf(
  session: SftpSession,
  op: Operation,
  path: string,
  follow: boolean,
): Promise<SftpAttributes> {
  const request = pathRequest(follow ? PACKET.STAT : PACKET.LSTAT, session.path(path))
  const hides = session.hidesLinks && !follow
  const [found, isLink] = await Promise.all([
    session.attributes(op, request, { what: `look at ${path}` }),
    hides && isThere(readLink(session, op, path)),
  ])
  if (!isLink) return found
  return { ...found, permissions: ((found.permissions ?? 0) & 0o7777) | typeBits('link') }
}

async function isThere(asked: Promise<unknown>): Promise<boolean> {
  try {
    await asked
    return true
  } catch (error) {
    if (error instanceof SftpError) return false
    throw error
  }
}

/** The same where it may be missing; undefined if it is. */
export async function attributesIfAny(
  session: SftpSession,
  op: Operation,
  path: string,
  follow: boolean,
): Promise<SftpAttributes | undefined> {
  try {
    return await attributesOf(session, op, path, follow)
  } catch (error) {
    if (isNetError(error) && error.code === 'NET_NOT_FOUND') return undefined
    throw error
  }
}

/** Sets attributes of a path. */
export async function setAttributes(
  session: SftpSession,
  op: Operation,
  path: string,
  attributes: SftpAttributes,
): Promise<void> {
  const request = attributesRequest(PACKET.SETSTAT, session.path(path), attributes)
  await session.done(op, request, { what: `set attributes of ${path}` })
}

/** The attributes that set a time, in milliseconds since 1970: both times are always set together. */
export function timesOf(modified: number, accessed: number | undefined): SftpAttributes {
  const seconds = Math.floor(modified / 1000)
  const access = accessed === undefined ? seconds : Math.floor(accessed / 1000)
  for (const time of [seconds, access]) {
    if (!(time >= 0 && time <= LAST_SECOND)) {
      throw netError('NET_BAD_OPTION', {
        message: 'SFTP has times from 1970 to 2106 only',
      })
    }
  }
  return { accessed: access, modified: seconds }
}

/** Makes one folder. */
export async function makeFolder(session: SftpSession, op: Operation, path: string): Promise<void> {
  const asked = { what: `make the folder ${path}` }
  const request = attributesRequest(PACKET.MKDIR, session.path(path), {})
  try {
    await session.done(op, request, asked)
  } catch (error) {
    throw await explained(session, op, error, [
      { path, is: 'there', name: 'NET_EXISTS', why: 'it exists already', asked },
    ])
  }
}

/** Makes a folder and those above it; fine if it is there. Begins at the deepest, as those above may not be ours to look at. */
export async function makeFolders(
  session: SftpSession,
  op: Operation,
  path: string,
): Promise<void> {
  try {
    await makeFolder(session, op, path)
  } catch (error) {
    if (!(error instanceof SftpError)) throw error
    if (error.code === 'NET_NOT_FOUND') {
      const above = folderOf(path)
      if (above === path) throw error
      await makeFolders(session, op, above).catch((upper: unknown) => {
        // One above may be forbidden and there all the same.
        if (!(upper instanceof SftpError) || upper.code === 'NET_NOT_FOUND') throw upper
      })
      await makeFolder(session, op, path).catch((again: unknown) =>
        unlessFolder(session, op, path, again),
      )
      return
    }
    await unlessFolder(session, op, path, error)
  }
}

/** Removes a file, a link itself or an empty folder. */
export async function removePath(session: SftpSession, op: Operation, path: string): Promise<void> {
  const asked = { what: `remove ${path}` }
  const bytes = session.path(path)
  try {
    await session.done(op, pathRequest(PACKET.REMOVE, bytes), asked)
  } catch (error) {
    if (!(error instanceof SftpError) || error.code === 'NET_NOT_FOUND') throw error
    const found = await attributesIfAny(session, op, path, false).catch(() => undefined)
    if (found === undefined || typeOf(found) !== 'folder') throw error
    await removeFolder(session, op, path)
  }
}

/** Removes an empty folder. */
export async function removeFolder(
  session: SftpSession,
  op: Operation,
  path: string,
): Promise<void> {
  const asked = { what: `remove the folder ${path}` }
  try {
    await session.done(op, pathRequest(PACKET.RMDIR, session.path(path)), asked)
  } catch (error) {
    if (!isVague(error) || !(await hasEntries(session, op, path).catch(() => false))) throw error
    throw refusalOf(saidBy(error), asked, {
      name: 'NET_NOT_EMPTY',
      why: 'the folder is not empty',
    })
  }
}

/** Where a link leads, as it is written in it. */
export async function readLink(session: SftpSession, op: Operation, path: string): Promise<string> {
  const asked = { what: `read the link ${path}` }
  try {
    const bytes = session.path(path)
    const target = await session.name(op, pathRequest(PACKET.READLINK, bytes), asked)
    const prefix = `${folderOf(path)}/`
    const isPrefixed = session.hidesLinks && target.startsWith(prefix)
    return isPrefixed ? target.slice(prefix.length) : target
  } catch (error) {
    // The look itself asks for the link.
    if (session.hidesLinks) throw error
    throw await explained(session, op, error, [
      { path, is: 'no link', name: 'NET_BAD_NAME', why: 'it is no link', asked },
    ])
  }
}

/** Makes a link at `path` that leads to `target`. */
export async function makeLink(
  session: SftpSession,
  op: Operation,
  target: string,
  path: string,
): Promise<void> {
  const asked = { what: `make the link ${path}` }
  const request = pairRequest(PACKET.SYMLINK, session.bytes(target), session.path(path))
  try {
    await session.done(op, request, asked)
  } catch (error) {
    throw await explained(session, op, error, [
      { path, is: 'there', name: 'NET_EXISTS', why: 'it exists already', asked },
    ])
  }
}

/** Gives a file a second name. */
export async function makeHardLink(
  session: SftpSession,
  op: Operation,
  from: string,
  to: string,
): Promise<void> {
  const asked = { what: `link ${from} as ${to}` }
  requireExtension(session, 'hardlink@openssh.com', asked)
  const names = fields(session.path(from), session.path(to))
  try {
    await session.done(op, extendedRequest('hardlink@openssh.com', names), asked)
  } catch (error) {
    throw await explained(session, op, error, [
      { path: to, is: 'there', name: 'NET_EXISTS', why: `${to} exists already`, asked },
    ])
  }
}

/** The whole path of what has this one, without links in it where the server looks. */
export function realPath(session: SftpSession, op: Operation, path: string): Promise<string> {
  return session.name(op, pathRequest(PACKET.REALPATH, session.path(path)), {
    what: `find the whole path of ${path}`,
  })
}

/** As `realPath`, with `~` for the home of the user or of another one. */
export async function expandPath(
  session: SftpSession,
  op: Operation,
  path: string,
): Promise<string> {
  const asked = { what: `expand ${path}` }
  requireExtension(session, EXPAND, asked)
  return session.name(op, extendedRequest(EXPAND, fields(session.bytes(path))), asked)
}

/** What a file system has. */
export interface SftpFileSystem {
  /** In bytes. */
  readonly size: number
  /** In bytes, of which some may be kept for the system. */
  readonly free: number
  /** In bytes, for the user. */
  readonly available: number
  readonly files: number
  readonly freeFiles: number
  readonly isReadOnly: boolean
  /** How many bytes a name may have. */
  readonly longestName: number
}

/** What the file system of the path has. */
export async function fileSystemOf(
  session: SftpSession,
  op: Operation,
  path: string,
): Promise<SftpFileSystem> {
  const asked = { what: `look at the file system of ${path}` }
  requireExtension(session, STATVFS, asked)
  const request = extendedRequest(STATVFS, fields(session.path(path)))
  const reader = await session.extended(op, request, asked)
  const numbers = Array.from({ length: 11 }, () => reader.number() * 2 ** 32 + reader.number())
  const [, unit = 0, blocks = 0, free = 0, available = 0, files = 0, freeFiles = 0] = numbers
  const [flags = 0, longestName = 0] = numbers.slice(9)
  return {
    size: unit * blocks,
    free: unit * free,
    available: unit * available,
    files,
    freeFiles,
    isReadOnly: flags % 2 === 1,
    longestName,
  }
}

/** Throws `NET_UNSUPPORTED` where the server does not name the extension. */
export function requireExtension(session: SftpSession, name: string, { what }: Asked): void {
  if (session.has(name)) return
  throw netError('NET_UNSUPPORTED', {
    message: `the server cannot ${what}: it does not know ${name}`,
  })
}

/** Copies bytes from one open file to another on the server; 0 bytes for all that follow. */
export function copyDataRequest(
  from: { readonly handle: Buffer; readonly offset: number; readonly length: number },
  to: { readonly handle: Buffer; readonly offset: number },
): ReturnType<typeof extendedRequest> {
  return extendedRequest(
    'copy-data',
    fields(from.handle),
    long(from.offset),
    long(from.length),
    fields(to.handle),
    long(to.offset),
  )
}

/** What a look at a path can tell. */
type PathFact = 'there' | 'no link' | 'a folder' | 'no folder'

interface Explanation {
  readonly path: string
  readonly is: PathFact
  readonly name: NetErrorCode
  readonly why: string
  readonly asked: Asked
}

/** The error with its reason, where a look at the paths tells it; else the error as it is. */
export async function explained(
  session: SftpSession,
  op: Operation,
  error: unknown,
  explanations: readonly Explanation[],
): Promise<unknown> {
  if (!(error instanceof SftpError)) return error
  const isVague = error.code === 'NET_REPLY_PERMANENT' || UNCLEAR.has(error.status)
  for (const { path, is, name, why, asked } of explanations) {
    // Some deny what cannot be done with a folder.
    if (!isVague && !(is === 'a folder' && error.status === STATUS.PERMISSION_DENIED)) continue
    const found = await attributesIfAny(session, op, path, false).catch(() => undefined)
    if (found === undefined) continue
    if (IS[is](typeOf(found))) return refusalOf(saidBy(error), asked, { name, why })
  }
  return error
}

async function unlessFolder(
  session: SftpSession,
  op: Operation,
  path: string,
  error: unknown,
): Promise<void> {
  const found = await attributesIfAny(session, op, path, true).catch(() => undefined)
  if (found === undefined || typeOf(found) !== 'folder') throw error
}

async function hasEntries(session: SftpSession, op: Operation, path: string): Promise<boolean> {
  const asked = { what: `list ${path}` }
  const request = pathRequest(PACKET.OPENDIR, session.path(path))
  const opened = await session.handles.open(op, request, asked)
  try {
    for (;;) {
      const names = await session.names(op, handleRequest(PACKET.READDIR, opened.id), asked)
      if (names === undefined) return false
      if (names.some(({ name }) => !/^\.\.?$/.test(name.toString('latin1')))) return true
    }
  } finally {
    void opened.release()
  }
}

const IS: Readonly<Record<PathFact, (type?: SftpType) => boolean>> = {
  there: () => true,
  'no link': (type) => type !== 'link',
  'a folder': (type) => type === 'folder',
  'no folder': (type) => type !== 'folder' && type !== 'link',
}
/** OpenSSH says 2 of what is no folder, and 5 of what is no link. */
const UNCLEAR: ReadonlySet<number> = new Set([STATUS.NO_SUCH_FILE, STATUS.BAD_MESSAGE])
const EXPAND = 'expand-path@openssh.com'
const STATVFS = 'statvfs@openssh.com'
/** Times are 32 bits without a sign. */
const LAST_SECOND = 0xffff_ffff
