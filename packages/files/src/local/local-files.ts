/*
 * A folder of this machine as a tree of files. Nothing outside of the folder is read or changed, whatever a name says and
 * whatever links lie in it.
 */

import { lutimesSync, renameSync } from 'node:fs'
import { lstat, lutimes, mkdir, readlink, rename, rmdir, symlink, unlink } from 'node:fs/promises'
import { resolve } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

import type {
  CallOptions,
  RemoteCapabilities,
  RemoteEntry,
  RemoteFiles,
  RemoteMkdirOptions,
  RemoteReadOptions,
  RemoteRemoveOptions,
  RemoteStatOptions,
  Source,
} from '@net/core'
import {
  argument,
  checkSource,
  DiskPace,
  inCall,
  LENT_READS,
  makeLocalFolders,
  option,
  optionsDoor,
  SMALL_FILES,
  type CallKind,
  type Operation,
  type OptionsDoor,
} from '@net/core/authoring'

import type { LendingTree } from '../lent-reads.ts'
import { unsupported } from '../refusals.ts'
import {
  ROAD,
  type OwnCopyOptions,
  type OwnRenameOptions,
  type OwnWriteOptions,
  type RoadTree,
  type ShortRoad,
} from '../short-road.ts'
import { SLICES, type SlicedTree } from '../slices.ts'
import { treeCall, treeIteration } from '../tree-call.ts'
import { badName, folderOf, nameOf, partsOf, resolvedLink } from '../tree-path.ts'
import type { FilePlace } from './file-place.ts'
import { FolderHandles } from './folder-handles.ts'
import { localCapabilities } from './local-capabilities.ts'
import { treeError } from './local-error.ts'
import {
  changeMode,
  copyOver,
  hashFile,
  readFile,
  writeFile,
  type FileRange,
} from './local-file.ts'
import { entriesOf, entryAt, entryNow } from './local-listing.ts'
import { LocalRoad } from './local-road.ts'
import { LocalSmallFiles } from './local-small-files.ts'
import { checkNew, whyRefused, type LocalNames } from './local-names.ts'
import { moveFile } from './move-file.ts'
import { removeFolder } from './remove-folder.ts'
import { systemPath } from './system-path.ts'

/** How a local folder is used. */
export interface LocalFilesOptions {
  /**
   * Which names files may be given: `portable` for those that are safe on any system (no backslash, colon or control
   * character, no Windows device, no dot or blank at the end), `system` for all that this system has. Names that are there
   * already are read and removed in either case. Default `portable`.
   */
  readonly names?: LocalNames | undefined
}

/**
 * A folder of this machine as a tree; a copy or a mirror into it makes it. Throws `NET_BAD_OPTION`. Calls
 * reject with `NET_NOT_FOUND`, `NET_EXISTS`, `NET_ACCESS_DENIED`, `NET_NO_SPACE`, `NET_BAD_NAME` (also where a link is in
 * the way), `NET_LOCAL_LIMIT` for too many open files and `NET_LOCAL_IO` for the rest.
 */
export function localFiles(folder: string | URL, options?: LocalFilesOptions): RemoteFiles {
  const { names = 'portable' } = localDoor(options)
  inCall({ call: 'localFiles' }, () => argument('the folder', option.url, folder))
  return new LocalFiles(resolve(folder instanceof URL ? fileURLToPath(folder) : folder), names)
}

class LocalFiles implements RemoteFiles, SlicedTree, LendingTree, RoadTree {
  readonly name: string
  readonly #root: string
  readonly #names: LocalNames
  readonly #folders: FolderHandles
  readonly #pace = new DiskPace()
  #can: Promise<RemoteCapabilities> | undefined

  constructor(root: string, names: LocalNames) {
    this.name = pathToFileURL(root).href
    this.#root = root
    this.#names = names
    this.#folders = new FolderHandles(root, this.#pace)
    const inside: LocalInside = { folders: this.#folders, at: (...given) => this.#at(...given) }
    Object.defineProperty(this, LOCAL, { value: inside })
    const place = { folders: this.#folders, pace: this.#pace, names }
    Object.defineProperty(this, SMALL_FILES, { value: new LocalSmallFiles(place) })
  }

  refusesName(name: string): string | undefined {
    return whyRefused(name, this.#names)
  }

  capabilities(options?: CallOptions): Promise<RemoteCapabilities> {
    return this.#call('capabilities', '', options, () => {
      this.#can ??= localCapabilities(this.#root, this.#names)
      // A folder that is not there yet may be there the next time.
      this.#can.catch(() => (this.#can = undefined))
      return this.#can
    })
  }

  list(path: string, options?: CallOptions): AsyncGenerator<RemoteEntry, undefined, undefined> {
    const verb = { operation: 'list', target: path, kind: 'transfer' } as const
    return treeIteration(verb, options, (op) => this.#entries(op, path))
  }

  [SLICES](path: string, options: CallOptions): AsyncIterable<readonly RemoteEntry[]> {
    const verb = { operation: 'list', target: path, kind: 'transfer' } as const
    return treeIteration(verb, options, (op) => this.#slices(op, path))
  }

  stat(path: string, options: RemoteStatOptions = {}): Promise<RemoteEntry> {
    const { follow = false, ...rest } = options
    return this.#call('stat', path, rest, async () => {
      const end = follow ? await this.#endOfLinks(path) : path
      return this.#at(end, ({ at }) =>
        this.#pace.run(
          () => entryNow(at, path, nameOf(path)),
          () => entryAt(at, path, nameOf(path)),
        ),
      )
    })
  }

  read(path: string, options: RemoteReadOptions = {}): AsyncGenerator<Uint8Array, undefined> {
    return this.#read(path, options, false)
  }

  [LENT_READS](path: string, options: RemoteReadOptions): AsyncIterable<Uint8Array> {
    return this.#read(path, options, true)
  }

  write(path: string, source: Source, options: OwnWriteOptions = {}): Promise<void> {
    const { start = 0, keepRest = false, file, mode, ...rest } = options
    const verb = { operation: 'write', target: path, kind: 'transfer' } as const
    const check = (): void => checkSource(source)
    return treeCall(verb, rest, check, (_, op) =>
      this.#new(path, (place) => writeFile(op, place, source, { start, keepRest, file, mode })),
    )
  }

  mkdir(path: string, options: RemoteMkdirOptions = {}): Promise<void> {
    const { recursive = false, ...rest } = options
    return this.#call('mkdir', path, rest, () => this.#makeFolder(path, recursive))
  }

  remove(path: string, options: RemoteRemoveOptions = {}): Promise<void> {
    const { recursive = false, ...rest } = options
    return this.#call('remove', path, rest, (op) =>
      this.#at(path, async ({ at }) => {
        if (path === '') throw badName(path, 'it is the root')
        if (!(await lstat(at)).isDirectory()) return unlink(at)
        return recursive ? removeFolder(op, at) : rmdir(at)
      }),
    )
  }

  rename(from: string, to: string, options: OwnRenameOptions = {}): Promise<void> {
    const { replace = false, file, ...rest } = options
    return this.#call('rename', from, rest, () =>
      this.#at(from, (source) =>
        this.#new(to, async (target) => {
          await (replace ? this.#renamed(source, target) : moveFile(source, target))
          file?.check(await lstat(target.at), to)
        }),
      ),
    )
  }

  setModified(path: string, modified: number, options?: CallOptions): Promise<void> {
    return this.#call('setModified', path, options, () =>
      this.#at(path, ({ at }) =>
        this.#pace.run(
          () => lutimesSync(at, modified / 1000, modified / 1000),
          () => lutimes(at, modified / 1000, modified / 1000),
        ),
      ),
    )
  }

  setMode(path: string, mode: number, options?: CallOptions): Promise<void> {
    return this.#call('setMode', path, options, () =>
      this.#at(path, (place) => changeMode(place, mode)),
    )
  }

  symlink(target: string, path: string, options?: CallOptions): Promise<void> {
    return this.#call('symlink', path, options, () =>
      this.#new(path, ({ at }) => symlink(target, at)),
    )
  }

  readLink(path: string, options?: CallOptions): Promise<string> {
    return this.#call('readLink', path, options, () => this.#at(path, ({ at }) => readlink(at)))
  }

  hash(path: string, algorithm: string, options?: CallOptions): Promise<string> {
    return this.#call('hash', path, options, (op) =>
      this.#at(path, (place) => hashFile(op, place, algorithm)),
    )
  }

  copyWithin(from: string, to: string, options: OwnCopyOptions = {}): Promise<void> {
    const { source = this, file, ...rest } = options
    return this.#call('copyWithin', from, rest, (op) => {
      if (!isLocal(source)) throw unsupported('copy from another server')
      return source[LOCAL].at(from, (place) =>
        this.#new(to, (target) => copyOver(op, place, target, file)),
      )
    })
  }

  [ROAD](from: RemoteFiles): ShortRoad | undefined {
    if (!isLocal(from)) return undefined
    const { folders } = from[LOCAL]
    const ends = { from: folders, to: this.#folders, pace: this.#pace, names: this.#names }
    return new LocalRoad(ends)
  }

  #read(
    path: string,
    { start, end, ...rest }: RemoteReadOptions,
    lends: boolean,
  ): AsyncGenerator<Uint8Array, undefined> {
    const verb = { operation: 'read', target: path, kind: 'transfer' } as const
    return treeIteration(verb, rest, (op) => this.#bytes(op, path, { start, end, lends }))
  }

  async *#entries(op: Operation, path: string): AsyncGenerator<RemoteEntry, void> {
    for await (const slice of this.#slices(op, path)) yield* slice
  }

  async *#slices(op: Operation, path: string): AsyncGenerator<readonly RemoteEntry[], void> {
    const parts = partsOf(path)
    const slices: (readonly RemoteEntry[])[] = []
    try {
      await this.#folders.use(parts, async (at) => {
        for await (const slice of entriesOf(at, path, this.#pace)) {
          op.signal.throwIfAborted()
          slices.push(slice)
        }
      })
    } catch (error) {
      throw treeError(error, path)
    }
    yield* slices
  }

  async *#bytes(op: Operation, path: string, range: FileRange): AsyncGenerator<Uint8Array, void> {
    let moved = 0
    try {
      const parts = partsOf(path)
      const folder = await this.#folders.hold(parts.slice(0, -1))
      try {
        const at = systemPath(folder.at, nameOf(path))
        for await (const chunk of readFile({ at, path }, range)) {
          yield chunk
          moved += chunk.length
          op.progress(moved)
        }
      } finally {
        await folder.letGo()
      }
    } catch (error) {
      throw treeError(error, path)
    }
  }

  #renamed(from: FilePlace, to: FilePlace): Promise<void> {
    return this.#pace.run(
      () => renameSync(from.at, to.at),
      () => rename(from.at, to.at),
    )
  }

  async #makeFolder(path: string, recursive: boolean | 'again'): Promise<void> {
    if (path === '' && recursive !== false) return makeLocalFolders(this.#root)
    try {
      await this.#new(path, ({ at }) => mkdir(at))
    } catch (error) {
      const code: unknown = Reflect.get(error as Error, 'code')
      if (recursive === false) throw error
      // Once more, and no third time: a folder may be there that takes nothing, such as one of /proc.
      if (code === 'NET_NOT_FOUND' && recursive !== 'again') {
        await this.#makeFolder(folderOf(path), true)
        return this.#makeFolder(path, 'again')
      }
      const isThere = await this.#at(path, async ({ at }) => (await lstat(at)).isDirectory())
      if (code !== 'NET_EXISTS' || !isThere) throw error
    }
  }

  async #endOfLinks(path: string): Promise<string> {
    let end = path
    for (let links = 0; links < MOST_LINKS; links++) {
      const found = await this.#at(end, ({ at }) => entryAt(at, end, nameOf(end)))
      if (found.target === undefined) return end
      const next = resolvedLink(end, found.target)
      if (next === undefined) throw badName(end, 'the link leads out of the folder')
      end = next
    }
    throw badName(path, 'it leads through too many links')
  }

  /** Runs the work on what is there at the path. */
  async #at<T>(path: string, work: (place: FilePlace) => Promise<T>): Promise<T> {
    try {
      const parts = partsOf(path)
      return await this.#folders.use(parts.slice(0, -1), (folder) =>
        work({ at: systemPath(folder, parts.at(-1) ?? '.'), path }),
      )
    } catch (error) {
      throw treeError(error, path)
    }
  }

  /** The same for what is to be made there. */
  #new<T>(path: string, work: (place: FilePlace) => Promise<T>): Promise<T> {
    const parts = partsOf(path)
    if (parts.length === 0) throw badName(path, 'it is the root')
    checkNew(parts, this.#names)
    return this.#at(path, work)
  }

  #call<T>(
    name: string,
    target: string,
    options: CallOptions | undefined,
    work: (op: Operation) => Promise<T>,
  ): Promise<T> {
    const verb = { operation: name, target, kind: LONG.has(name) ? TRANSFER : COMMAND }
    return treeCall(
      verb,
      options,
      () => {},
      (_, op) => work(op),
    )
  }
}

/** What a local tree lets other local trees use. */
interface LocalInside {
  readonly folders: FolderHandles
  at(path: string, work: (place: FilePlace) => Promise<void>): Promise<void>
}

interface LocalTree {
  readonly [LOCAL]: LocalInside
}

function isLocal(tree: object): tree is LocalTree {
  return LOCAL in tree
}

const LOCAL: unique symbol = Symbol.for('net.files.local')
const localDoor: OptionsDoor<LocalFilesOptions> = optionsDoor<LocalFilesOptions>(
  { call: 'localFiles' },
  { names: option.oneOf('portable', 'system') },
)
const MOST_LINKS = 40
const COMMAND: CallKind = 'command'
const TRANSFER: CallKind = 'transfer'
/** What takes as long as the file is large. */
const LONG: ReadonlySet<string> = new Set(['copyWithin', 'hash'])
