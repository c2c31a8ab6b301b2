/*
 * A folder of a server as a tree for `@net/files`: the client's verbs, with paths that begin at that folder and cannot
 * leave it.
 */

import type {
  CallOptions,
  RemoteCapabilities,
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
import { formatEndpoint } from '@net/core'
import { checkSource, LINK_REMOVAL, netError, SMALL_FILES } from '@net/core/authoring'

import { transferOf } from './call-plans.ts'
import { hashesOf } from './checksum.ts'
import type { FtpEntry } from './entry.ts'
import { ANONYMOUS } from './login.ts'
import { asArgument } from './remote-path.ts'
import { isPositive } from './reply.ts'
import { SmallFiles } from './small-files.ts'
import { chunksOf } from './source-chunks.ts'
import type { TimeZone } from './time-zone.ts'
import type { TreeClient } from './tree-client.ts'
import { upload } from './upload.ts'

/** One tree. */
export class FtpFiles implements RemoteFiles {
  readonly name: string
  declare readonly hash?: NonNullable<RemoteFiles['hash']>
  readonly #client: TreeClient
  readonly #root: string
  readonly #zone: TimeZone | undefined
  #canSetModes: boolean | undefined

  /** `zone` is that of the server, where the caller states it. */
  constructor(client: TreeClient, root: string, zone?: TimeZone) {
    // Names of z/OS are not joined by slashes.
    if (root.startsWith("'")) throw unsupported(`take ${root} as a tree`)
    this.#client = client
    this.#zone = zone
    this.#root = below(client.place.folder, root === '' ? '.' : root)
    const { info, user } = client
    // What is in it, and where it begins, depends on who is logged in.
    const who = user === ANONYMOUS ? '' : `${encodeURIComponent(user)}@`
    const path = this.#root.replace(/^\/?/, '/')
    this.name = `ftp://${who}${formatEndpoint(info.endpoint)}${path === '/.' ? '' : path}`
    Object.defineProperty(this, LINK_REMOVAL, {
      value: (path: string, call?: CallOptions) => this.#removeLink(path, call),
    })
    const small = new SmallFiles(client, (path) => this.#at(path))
    Object.defineProperty(this, SMALL_FILES, { value: small })
    if (hashesOf(client.capabilities).length > 0) {
      this.hash = async (file, algorithm, options) =>
        client.hash(this.#at(file), algorithm, options)
    }
  }

  async capabilities(options?: CallOptions): Promise<RemoteCapabilities> {
    const { capabilities: features, connections } = this.#client
    const canSet = features.has('MFMT') || features.has('MFF')
    // Asked by each call that does not know it: what stops one of them is no business of the others.
    const modes = (this.#canSetModes ??= await this.#asksModes(options))
    return {
      letterCase: 'kept',
      unicodeForm: 'kept',
      forbidden: '\r\n',
      longestName: Infinity,
      rename: 'replaces',
      modes,
      ...(this.#hasTimes ? { times: { grain: 1000, canSet, zone: this.#timesZone } as const } : {}),
      links: false,
      hashes: hashesOf(features),
      readOffsets: true,
      writeOffsets: true,
      calls: connections,
    }
  }

  async *list(path: string, options?: CallOptions): AsyncGenerator<RemoteEntry, void> {
    const entries = this.#client.list(this.#at(path), { ...options, hidden: true })
    for await (const entry of entries) yield this.#entry(entry, inside(path, entry.name))
  }

  async stat(path: string, options: RemoteStatOptions = {}): Promise<RemoteEntry> {
    const { follow = false, ...call } = options
    const entry = await this.#client.stat(this.#at(path), call)
    if (!follow || entry.type !== 'link') return this.#entry(entry, path)
    return this.#entry(await this.#client.stat(`${this.#at(path)}/.`, call), path)
  }

  async *read(path: string, options: RemoteReadOptions = {}): AsyncGenerator<Uint8Array, void> {
    yield* this.#client.read(this.#at(path), options)
  }

  async write(path: string, source: Source, options: RemoteWriteOptions = {}): Promise<void> {
    const { start = 0, keepRest = false, ...call } = options
    checkSource(source)
    const at = this.#at(path)
    if (keepRest) throw unsupported('write into the middle of a file')
    if (start === 0) {
      await this.#client.upload(source, at, call)
      return
    }
    const size = await this.#client.size(at, call)
    if (size < start) throw tooShort(path, size, start)
    if (size === start) await this.#goOn(source, at, start, call)
    // Most servers keep what is behind the written bytes, and none can cut it off.
    else
      await this.#client.upload(this.#headAnd(source, await this.#head(at, start, call)), at, call)
  }

  async mkdir(path: string, options?: RemoteMkdirOptions): Promise<void> {
    return this.#client.mkdir(this.#at(path), options)
  }

  async remove(path: string, options?: RemoteRemoveOptions): Promise<void> {
    return this.#client.remove(this.#at(path), options)
  }

  /** As `upload`, and the first bytes of the file stay. */
  #goOn(source: Source, path: string, start: number, call: CallOptions): Promise<unknown> {
    return this.#client.within(transferOf('upload', path, false), call, (dialog, session) =>
      upload(session, dialog, { source, path, start }),
    )
  }

  /** Some servers show a link as the folder that it leads to: as a file a link goes, and a folder does not. */
  async #removeLink(path: string, options?: CallOptions): Promise<boolean> {
    const command = `DELE ${asArgument(this.#at(path))}`
    return isPositive(await this.#client.command(command, { ...options, check: false }))
  }

  async rename(from: string, to: string, options?: RemoteRenameOptions): Promise<void> {
    return this.#client.rename(this.#at(from), this.#at(to), options)
  }

  async setModified(path: string, modified: number, options?: CallOptions): Promise<void> {
    const at = this.#at(path)
    const { times } = await this.capabilities(options)
    if (times?.canSet !== true) throw unsupported('set times')
    return this.#client.setModified(at, modified, options)
  }

  async setMode(path: string, mode: number, options?: CallOptions): Promise<void> {
    const at = this.#at(path)
    const { modes } = await this.capabilities(options)
    if (!modes) throw unsupported('set modes')
    return this.#client.setMode(at, mode, options)
  }

  async symlink(): Promise<void> {
    throw unsupported('make links')
  }

  async readLink(path: string, options?: CallOptions): Promise<string> {
    const { target } = await this.#client.stat(this.#at(path), options)
    if (target === undefined) throw unsupported(`tell where ${path} leads`)
    return target
  }

  async #asksModes(options?: CallOptions): Promise<boolean> {
    const { text } = await this.#client.command('SITE HELP', { ...options, check: false })
    return /\bCHMOD\b/i.test(text)
  }

  async #head(path: string, length: number, options: CallOptions): Promise<readonly Uint8Array[]> {
    if (length > MOST_OF_HEAD) throw unsupported(`keep the first ${length} bytes of a longer file`)
    return Array.fromAsync(this.#client.read(path, { ...options, end: length }))
  }

  #headAnd(source: Source, head: readonly Uint8Array[]): Source {
    return async function* both() {
      yield* head
      yield* chunksOf(source)
    }
  }

  /** Those of LIST have no time zone, unless the caller states it, and those of MDTM are in no listing. */
  get #hasTimes(): boolean {
    return this.#client.capabilities.has('MLST') || this.#zone !== undefined
  }

  /** An offset that is stated may be that of the summer; facts are UTC. */
  get #timesZone(): 'utc' | 'local' {
    return this.#zone?.isFixed === true && !this.#client.capabilities.has('MLST') ? 'local' : 'utc'
  }

  #entry({ path: _path, ...entry }: FtpEntry, path: string): RemoteEntry {
    const rest = this.#hasTimes || entry.modifiedFrom === undefined ? entry : withoutTime(entry)
    return { ...rest, name: path.slice(path.lastIndexOf('/') + 1) || rest.name, path }
  }

  /** The path on the server. Throws `NET_BAD_NAME` for one that would lead elsewhere. */
  #at(path: string): string {
    const root = this.#whole()
    if (path === '') return root
    for (const part of path.split('/')) {
      if (part === '' || part === '.' || part === '..' || /[\0\r\n]/.test(part)) {
        throw netError('NET_BAD_NAME', {
          message: `the path ${JSON.stringify(path)} is not allowed`,
        })
      }
    }
    return below(root, path)
  }

  /** The tree stays where it was, wherever the client has gone since. */
  #whole(): string {
    const { folder, login } = this.#client.place
    return folder === undefined ? this.#root : below(login, this.#root)
  }
}

/** A path in a folder; undefined for the current one. */
function below(folder: string | undefined, path: string): string {
  if (folder === undefined || folder === '.' || path.startsWith('/')) return path
  if (path === '.') return folder
  return folder.endsWith('/') ? `${folder}${path}` : `${folder}/${path}`
}

function withoutTime({
  modified: _time,
  modifiedFrom: _from,
  modifiedZone: _zone,
  ...entry
}: Omit<FtpEntry, 'path'>): Omit<FtpEntry, 'path'> {
  return entry
}

function inside(folder: string, name: string): string {
  return folder === '' ? name : `${folder}/${name}`
}

function unsupported(what: string): Error {
  return netError('NET_UNSUPPORTED', { message: `an FTP server cannot ${what}`, protocol: 'ftp' })
}

function tooShort(path: string, received: number, expected: number): Error {
  return netError('NET_SIZE_MISMATCH', {
    message: `${path} has ${received} bytes, and we were to go on behind ${expected}`,
    received,
    expected,
  })
}

/** What is kept in memory while the rest is replaced. */
const MOST_OF_HEAD = 64 * 1024 * 1024
