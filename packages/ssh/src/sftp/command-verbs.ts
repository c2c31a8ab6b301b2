/* The verbs that ask about paths, and change what they name, without bytes of files. */

import { isNetError, type CallOptions } from '@net/core'
import { argument, netError, option } from '@net/core/authoring'

import { typeOf, type SftpAttributes } from './attributes.ts'
import { doors } from './call-doors.ts'
import type { Calls, PathCall } from './calls.ts'
import type { SftpEntry } from './entry.ts'
import {
  attributesIfAny,
  attributesOf,
  expandPath,
  fileSystemOf,
  makeFolder,
  makeFolders,
  makeHardLink,
  makeLink,
  readLink,
  realPath,
  removePath,
  setAttributes,
  statPath,
  timesOf,
  type SftpFileSystem,
} from './path-verbs.ts'
import { removeTree } from './remove-tree.ts'
import { renameOver, renameUnlessTaken } from './rename.ts'
import type { SftpMkdirOptions, SftpRemoveOptions, SftpRenameOptions } from './sftp-options.ts'

/** The verbs of a client that are commands. */
export class CommandVerbs {
  protected readonly calls: Calls

  constructor(calls: Calls) {
    this.calls = calls
  }

  async stat(path: string, options?: CallOptions): Promise<SftpEntry> {
    return this.calls.command(asking('stat', path), options, (session, op) =>
      statPath(session, op, path, true),
    )
  }

  async lstat(path: string, options?: CallOptions): Promise<SftpEntry> {
    return this.calls.command(asking('lstat', path), options, (session, op) =>
      statPath(session, op, path, false),
    )
  }

  async exists(path: string, options?: CallOptions): Promise<boolean> {
    return (await this.#look('exists', path, options)) !== undefined
  }

  async isFile(path: string, options?: CallOptions): Promise<boolean> {
    const found = await this.#look('isFile', path, options)
    return found !== undefined && typeOf(found) === 'file'
  }

  async isFolder(path: string, options?: CallOptions): Promise<boolean> {
    const found = await this.#look('isFolder', path, options)
    return found !== undefined && typeOf(found) === 'folder'
  }

  async size(path: string, options?: CallOptions): Promise<number> {
    const { size } = await this.#need('size', path, options)
    return told(size, 'a size')
  }

  async modified(path: string, options?: CallOptions): Promise<number> {
    const { modified } = await this.#need('modified', path, options)
    return told(modified, 'a time') * 1000
  }

  async setModified(path: string, modified: number, options?: CallOptions): Promise<void> {
    const call = changing('setModified', path)
    this.calls.take(call, () => timesOf(modified, undefined))
    return this.calls.command(call, options, async (session, op) => {
      // Both are always set together: the other one stays as it was.
      const found = await attributesOf(session, op, path, true).catch(() => undefined)
      const accessed = found?.accessed === undefined ? undefined : found.accessed * 1000
      await setAttributes(session, op, path, timesOf(modified, accessed))
    })
  }

  async setTimes(
    path: string,
    accessed: number,
    modified: number,
    options?: CallOptions,
  ): Promise<void> {
    const call = changing('setTimes', path)
    const times = this.calls.take(call, () => timesOf(modified, accessed))
    return this.#set(call, times, options)
  }

  async setMode(path: string, mode: number, options?: CallOptions): Promise<void> {
    const call = changing('setMode', path)
    this.calls.take(call, () => argument('mode', option.between(0, 0o7777), mode))
    return this.#set(call, { permissions: mode }, options)
  }

  async setOwner(path: string, uid: number, gid: number, options?: CallOptions): Promise<void> {
    const call = changing('setOwner', path)
    this.calls.take(call, () => {
      argument('uid', option.between(0, 0xffff_ffff), uid)
      argument('gid', option.between(0, 0xffff_ffff), gid)
    })
    return this.#set(call, { uid, gid }, options)
  }

  async truncate(path: string, size: number, options?: CallOptions): Promise<void> {
    const call = changing('truncate', path)
    this.calls.take(call, () => argument('size', option.between(0, Number.MAX_SAFE_INTEGER), size))
    return this.#set(call, { size }, options)
  }

  async setAttributes(
    path: string,
    attributes: SftpAttributes,
    options?: CallOptions,
  ): Promise<void> {
    return this.#set(changing('setAttributes', path), attributes, options)
  }

  async mkdir(path: string, options?: SftpMkdirOptions): Promise<void> {
    const call = { ...changing('mkdir', path), idempotent: options?.recursive === true }
    const taken = this.calls.take(call, () => doors.mkdir(options))
    const make = taken.recursive === true ? makeFolders : makeFolder
    return this.calls.run(call, taken, (session, op) =>
      op.phase('command', () => make(session, op, path)),
    )
  }

  async remove(path: string, options?: SftpRemoveOptions): Promise<void> {
    const call = { operation: 'remove', paths: [path] }
    const taken = this.calls.take(call, () => doors.remove(options))
    if (taken.recursive === true) {
      const whole = { ...call, kind: 'transfer' } as const
      return this.calls.run(whole, taken, (session, op) => removeTree(session, op, path))
    }
    return this.calls.run(call, taken, (session, op) =>
      op.phase('command', () => removePath(session, op, path)),
    )
  }

  async rename(from: string, to: string, options?: SftpRenameOptions): Promise<void> {
    const call = { operation: 'rename', paths: [from, to] }
    const taken = this.calls.take(call, () => doors.rename(options))
    const rename = taken.replace === true ? renameOver : renameUnlessTaken
    return this.calls.run(call, taken, (session, op) =>
      op.phase('command', () => rename(session, op, { from, to })),
    )
  }

  async symlink(target: string, path: string, options?: CallOptions): Promise<void> {
    const call = { operation: 'symlink', paths: [path, target] }
    return this.calls.command(call, options, (session, op) => makeLink(session, op, target, path))
  }

  async link(from: string, to: string, options?: CallOptions): Promise<void> {
    const call = { operation: 'link', paths: [from, to] }
    return this.calls.command(call, options, (session, op) => makeHardLink(session, op, from, to))
  }

  async readLink(path: string, options?: CallOptions): Promise<string> {
    return this.calls.command(asking('readLink', path), options, (session, op) =>
      readLink(session, op, path),
    )
  }

  async realpath(path: string, options?: CallOptions): Promise<string> {
    const isHome = path.startsWith('~')
    return this.calls.command(asking('realpath', path), options, (session, op) =>
      isHome && session.has('expand-path@openssh.com')
        ? expandPath(session, op, path)
        : realPath(session, op, path),
    )
  }

  async statvfs(path: string, options?: CallOptions): Promise<SftpFileSystem> {
    return this.calls.command(asking('statvfs', path), options, (session, op) =>
      fileSystemOf(session, op, path),
    )
  }

  async pwd(options?: CallOptions): Promise<string> {
    return this.calls.command(asking('pwd', '.'), options, (session, op) =>
      realPath(session, op, '.'),
    )
  }

  async cd(path: string, options?: CallOptions): Promise<void> {
    return this.calls.command(changing('cd', path), options, async (session, op) => {
      const whole = await realPath(session, op, path)
      const found = await attributesOf(session, op, whole, true)
      if (typeOf(found) !== 'folder') {
        throw netError('NET_BAD_NAME', { message: `${path} is no folder` })
      }
      this.calls.session.rules.place.folder = whole
    })
  }

  async #look(
    operation: string,
    path: string,
    options: CallOptions | undefined,
  ): Promise<SftpAttributes | undefined> {
    return this.calls.command(asking(operation, path), options, async (session, op) => {
      try {
        return await attributesIfAny(session, op, path, true)
      } catch (error) {
        // A part of the path that is no folder, or that nobody could make: nothing is there.
        if (isNetError(error) && error.code === 'NET_BAD_NAME') return undefined
        throw error
      }
    })
  }

  #need(
    operation: string,
    path: string,
    options: CallOptions | undefined,
  ): Promise<SftpAttributes> {
    return this.calls.command(asking(operation, path), options, (session, op) =>
      attributesOf(session, op, path, true),
    )
  }

  #set(
    call: PathCall,
    attributes: SftpAttributes,
    options: CallOptions | undefined,
  ): Promise<void> {
    const [path = ''] = call.paths
    return this.calls.command(call, options, (session, op) =>
      setAttributes(session, op, path, attributes),
    )
  }
}

function asking(operation: string, path: string): PathCall {
  return { operation, paths: [path], idempotent: true }
}

/** What comes to the same when it is done twice. */
function changing(operation: string, path: string): PathCall {
  return { operation, paths: [path], idempotent: true }
}

function told(value: number | undefined, what: string): number {
  if (value !== undefined) return value
  throw netError('NET_UNSUPPORTED', { message: `the server does not tell ${what}` })
}
