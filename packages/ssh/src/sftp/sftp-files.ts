/*
 * A folder of a server as a tree for `@net/files`: paths begin at that folder and cannot leave it. Files are written in
 * place, as whoever copies a tree has names of its own for what is not whole.
 */

import type {
  CallOptions,
  RemoteCapabilities,
  RemoteCopyOptions,
  RemoteEntry,
  RemoteFiles,
  RemoteMkdirOptions,
  RemoteReadOptions,
  RemoteRemoveOptions,
  RemoteRenameOptions,
  RemoteStatOptions,
  RemoteWriteOptions,
  Source,
} from '@net/core'
import {
  checkSource,
  inCall,
  LENT_READS,
  netError,
  SMALL_FILES,
  type Operation,
} from '@net/core/authoring'

import type { SftpAttributes } from './attributes.ts'
import { doors } from './call-doors.ts'
import type { Calls, PathCall } from './calls.ts'
import { download } from './download.ts'
import type { SftpEntry } from './entry.ts'
import { handedOver, until } from './handoff.ts'
import { listFolder } from './listing.ts'
import {
  makeFolder,
  makeFolders,
  makeLink,
  readLink,
  removePath,
  setAttributes,
  attributesOf,
  statPath,
  timesOf,
} from './path-verbs.ts'
import { removeTree } from './remove-tree.ts'
import { renameOver, renameUnlessTaken } from './rename.ts'
import { copyOnServer } from './server-copy.ts'
import { isUnsupported } from './sftp-error.ts'
import type { SftpSession } from './sftp-session.ts'
import { SmallFiles } from './small-files.ts'
import { upload } from './upload.ts'

/** One tree. */
export class SftpFiles implements RemoteFiles {
  readonly name: string
  declare readonly copyWithin?: NonNullable<RemoteFiles['copyWithin']>
  readonly #calls: Calls
  readonly #root: string

  constructor(calls: Calls, server: string, root: string) {
    const { folder } = calls.session.rules.place
    this.#calls = calls
    // A `cd` that comes later does not move the tree.
    this.#root = folder === undefined || root.startsWith('/') ? root : inside(folder, root)
    const path = this.#root.replace(/^\/?/, '/')
    this.name = `${server.replace(/^ssh:/, 'sftp:')}${path === '/.' ? '' : path}`
    const small = new SmallFiles(calls, (operation, at) => this.#at(operation, at))
    Object.defineProperty(this, SMALL_FILES, { value: small })
    // As `read`, and the memory of a chunk is used again once the next one is asked for.
    const readLent = (path: string, options: RemoteReadOptions): AsyncIterable<Uint8Array> =>
      this.#chunks(path, options, { lends: true })
    Object.defineProperty(this, LENT_READS, { value: readLent })
    if (calls.session.has('copy-data')) {
      this.copyWithin = (from, to, options) => this.#copy(from, to, options)
    }
  }

  async capabilities(): Promise<RemoteCapabilities> {
    const { session } = this.#calls
    return {
      letterCase: 'kept',
      unicodeForm: 'kept',
      forbidden: '',
      longestName: Infinity,
      rename: session.has('posix-rename@openssh.com') ? 'atomic' : 'replaces',
      modes: !session.hasRefused(MODES),
      times: { grain: 1000, canSet: !session.hasRefused(TIMES), zone: 'utc' },
      links: true,
      hashes: [],
      readOffsets: true,
      writeOffsets: session.opensEmpty ? false : 'rest',
      calls: session.writesInOrder ? 4 : 16,
    }
  }

  async *list(path: string, options?: CallOptions): AsyncGenerator<RemoteEntry, void> {
    const folder = this.#at('list', path)
    const call = moving('list', folder)
    const groups = handedOver<readonly SftpEntry[]>(async (put, left) => {
      const taken = this.#calls.take(call, () => doors.plain('list')(options))
      await this.#calls.run(call, until(taken, left), (session, op) =>
        listFolder(session, op, { folder, isPatient: true }, async (entries) =>
          put(await Promise.all(entries.map((entry) => withTarget(session, op, entry)))),
        ),
      )
    })
    for await (const entries of groups) {
      for (const entry of entries) yield this.#entry(entry, inside(path, entry.name))
    }
  }

  async stat(path: string, options: RemoteStatOptions = {}): Promise<RemoteEntry> {
    const at = this.#at('stat', path)
    const { follow = false, ...rest } = options
    const call = { operation: 'stat', paths: [at], idempotent: true, place: LOGIN }
    const entry = await this.#calls.command(call, rest, async (session, op) =>
      withTarget(session, op, await statPath(session, op, at, follow)),
    )
    return this.#entry(entry, path)
  }

  read(path: string, options: RemoteReadOptions = {}): AsyncGenerator<Uint8Array, void> {
    return this.#chunks(path, options)
  }

  async *#chunks(
    path: string,
    options: RemoteReadOptions,
    lending: { readonly lends?: boolean } = {},
  ): AsyncGenerator<Uint8Array, void> {
    const at = this.#at('read', path)
    const call = moving('read', at)
    yield* handedOver<Uint8Array>(async (put, left) => {
      const taken = this.#calls.take(call, () => doors.read(options))
      const { start, end } = taken
      await this.#calls.run(call, until(taken, left), (session, op) =>
        download(session, op, { path: at, sink: put, start, end, isPatient: true, ...lending }),
      )
    })
  }

  async write(path: string, source: Source, options: RemoteWriteOptions = {}): Promise<void> {
    checkSource(source)
    const at = this.#at('write', path)
    const { start, keepRest, ...rest } = options
    const call = moving('write', at)
    const taken = this.#calls.take(call, () => doors.plain('write')(rest))
    const plan = { source, path: at, inPlace: true, start, keepRest, isPatient: true }
    await this.#calls.run(call, taken, (session, op) => upload(session, op, plan))
  }

  async mkdir(path: string, options: RemoteMkdirOptions = {}): Promise<void> {
    const { recursive = false, ...rest } = options
    const make = recursive ? makeFolders : makeFolder
    return this.#change('mkdir', path, rest, make)
  }

  async remove(path: string, options: RemoteRemoveOptions = {}): Promise<void> {
    const { recursive = false, ...rest } = options
    if (!recursive) return this.#change('remove', path, rest, removePath)
    const at = this.#at('remove', path)
    const call = moving('remove', at)
    const taken = this.#calls.take(call, () => doors.plain('remove')(rest))
    return this.#calls.run(call, taken, (session, op) => removeTree(session, op, at))
  }

  async rename(from: string, to: string, options: RemoteRenameOptions = {}): Promise<void> {
    const { replace = false, ...rest } = options
    const plan = { from: this.#at('rename', from), to: this.#at('rename', to) }
    const call = { operation: 'rename', paths: [plan.from, plan.to], place: LOGIN }
    const rename = replace ? renameOver : renameUnlessTaken
    return this.#calls.command(call, rest, (session, op) => rename(session, op, plan))
  }

  async setModified(path: string, modified: number, options?: CallOptions): Promise<void> {
    return this.#change('setModified', path, options, async (session, op, at) => {
      timesOf(modified, undefined)
      const found = await attributesOf(session, op, at, true).catch(() => undefined)
      const accessed = found?.accessed === undefined ? undefined : found.accessed * 1000
      await setOnce(session, op, { at, what: TIMES, attributes: timesOf(modified, accessed) })
    })
  }

  async setMode(path: string, mode: number, options?: CallOptions): Promise<void> {
    return this.#change('setMode', path, options, (session, op, at) =>
      setOnce(session, op, { at, what: MODES, attributes: { permissions: mode } }),
    )
  }

  async symlink(target: string, path: string, options?: CallOptions): Promise<void> {
    return this.#change('symlink', path, options, (session, op, at) =>
      makeLink(session, op, target, at),
    )
  }

  async readLink(path: string, options?: CallOptions): Promise<string> {
    return this.#change('readLink', path, options, readLink)
  }

  #change<T>(
    operation: string,
    path: string,
    options: CallOptions | undefined,
    run: (session: SftpSession, op: Operation, at: string) => Promise<T>,
  ): Promise<T> {
    const at = this.#at(operation, path)
    const call = { operation, paths: [at], place: LOGIN }
    return this.#calls.command(call, options, (session, op) => run(session, op, at))
  }

  async #copy(from: string, to: string, options: RemoteCopyOptions = {}): Promise<void> {
    const { source = this, ...rest } = options
    const plan = { from: this.#at('copy', from), to: this.#at('copy', to), replace: true }
    const paths = [plan.from, plan.to]
    const call = { operation: 'copy', paths, kind: 'transfer', place: LOGIN } as const
    const taken = this.#calls.take(call, () => doors.plain('copy')(rest))
    if (source !== this) {
      throw netError('NET_UNSUPPORTED', {
        message: 'the server can only copy within one tree',
        protocol: 'sftp',
      })
    }
    await this.#calls.run(call, taken, (session, op) => copyOnServer(session, op, plan))
  }

  #entry({ path: _path, ...rest }: SftpEntry, path: string): RemoteEntry {
    return { ...rest, name: path.slice(path.lastIndexOf('/') + 1) || rest.name, path }
  }

  /** The path on the server. Throws `NET_BAD_NAME` for one that would lead elsewhere. */
  #at(operation: string, path: string): string {
    if (path === '') return this.#root
    inCall({ protocol: 'sftp', call: operation, target: path }, () => {
      for (const part of path.split('/')) {
        if (part === '' || part === '.' || part === '..' || part.includes('\0')) {
          throw netError('NET_BAD_NAME', {
            message: `the path ${JSON.stringify(path)} is not allowed`,
          })
        }
      }
    })
    return inside(this.#root === '.' ? '' : this.#root, path)
  }
}

/** A link with where it leads, as whoever copies a tree makes it anew. */
async function withTarget(
  session: SftpSession,
  op: Operation,
  entry: SftpEntry,
): Promise<SftpEntry> {
  if (entry.type !== 'link') return entry
  const target = await readLink(session, op, entry.path).catch(() => undefined)
  return target === undefined ? entry : { ...entry, target }
}

/** Sets attributes; a server that does not do so is not asked again for each file of a tree. */
async function setOnce(
  session: SftpSession,
  op: Operation,
  { at, what, attributes }: { at: string; what: string; attributes: SftpAttributes },
): Promise<void> {
  if (session.hasRefused(what)) {
    throw netError('NET_UNSUPPORTED', { message: `the server does not set ${what}` })
  }
  try {
    await setAttributes(session, op, at, attributes)
  } catch (error) {
    if (isUnsupported(error)) session.refused(what)
    throw error
  }
}

function inside(folder: string, name: string): string {
  if (folder === '') return name
  return folder.endsWith('/') ? `${folder}${name}` : `${folder}/${name}`
}

function moving(operation: string, path: string): PathCall {
  return { operation, paths: [path], kind: 'transfer', place: LOGIN }
}

/** A path that is not whole is one below the folder of the login, wherever the client has gone since. */
const LOGIN = { folder: undefined }
const TIMES = 'times'
const MODES = 'modes'
