/*
 * A tree that fails where a test says: before any call, and between any two chunks or entries. What was done before the
 * fault stays done, as on a server.
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
import { openSource } from '@net/core/authoring'

/** A moment at which a call may fail. */
export interface TreeMoment {
  readonly call: keyof RemoteFiles
  readonly path: string
  /** Of all moments of the tree, from 1 on. */
  readonly number: number
  /** How many entries or chunks of the call have passed; undefined at the beginning of a call. */
  readonly passed: number | undefined
}

/** When a tree fails. */
export interface FaultyOptions {
  /** Called at every moment; what it throws, the call rejects with. */
  readonly at: (moment: TreeMoment) => void | Promise<void>
}

/** The same tree, with the moments of its calls told to a function that may make them fail. */
export function faultyFiles(files: RemoteFiles, options: FaultyOptions): RemoteFiles {
  return new FaultyFiles(files, options)
}

class FaultyFiles implements RemoteFiles {
  readonly name: string
  readonly #files: RemoteFiles
  readonly #at: FaultyOptions['at']
  #number = 0
  declare readonly refusesName?: NonNullable<RemoteFiles['refusesName']>
  declare readonly hash?: NonNullable<RemoteFiles['hash']>
  declare readonly copyWithin?: NonNullable<RemoteFiles['copyWithin']>

  constructor(files: RemoteFiles, { at }: FaultyOptions) {
    this.#files = files
    this.#at = at
    this.name = files.name
    if (files.refusesName !== undefined) this.refusesName = (name) => files.refusesName?.(name)
    if (files.hash !== undefined) this.hash = (...given) => this.#hash(...given)
    if (files.copyWithin !== undefined) this.copyWithin = (...given) => this.#copyWithin(...given)
  }

  async capabilities(options?: CallOptions): Promise<RemoteCapabilities> {
    await this.#moment('capabilities', '')
    return this.#files.capabilities(options)
  }

  async *list(path: string, options?: CallOptions): AsyncGenerator<RemoteEntry, void> {
    await this.#moment('list', path)
    let passed = 0
    for await (const entry of this.#files.list(path, options)) {
      await this.#moment('list', path, passed++)
      yield entry
    }
  }

  async stat(path: string, options?: RemoteStatOptions): Promise<RemoteEntry> {
    await this.#moment('stat', path)
    return this.#files.stat(path, options)
  }

  async *read(path: string, options?: RemoteReadOptions): AsyncGenerator<Uint8Array, void> {
    await this.#moment('read', path)
    let passed = 0
    for await (const chunk of this.#files.read(path, options)) {
      await this.#moment('read', path, passed++)
      yield chunk
    }
  }

  async write(path: string, source: Source, options?: RemoteWriteOptions): Promise<void> {
    await this.#moment('write', path)
    const moment = (passed: number): Promise<void> => this.#moment('write', path, passed)
    await using opened = await openSource(source)
    let passed = 0
    const chunks = async function* chunks(): AsyncGenerator<Uint8Array> {
      for await (const chunk of opened.chunks()) {
        // A file that is cut in the middle of a chunk is what servers leave.
        yield chunk.subarray(0, chunk.length >>> 1)
        await moment(passed++)
        yield chunk.subarray(chunk.length >>> 1)
      }
    }
    await this.#files.write(path, chunks, options)
    // It is all there, and its reply is lost.
    await moment(passed)
  }

  async mkdir(path: string, options?: RemoteMkdirOptions): Promise<void> {
    await this.#moment('mkdir', path)
    await this.#files.mkdir(path, options)
    await this.#moment('mkdir', path, 1)
  }

  async remove(path: string, options?: RemoteRemoveOptions): Promise<void> {
    await this.#moment('remove', path)
    await this.#files.remove(path, options)
    await this.#moment('remove', path, 1)
  }

  async rename(from: string, to: string, options?: RemoteRenameOptions): Promise<void> {
    await this.#moment('rename', from)
    await this.#files.rename(from, to, options)
    await this.#moment('rename', from, 1)
  }

  async setModified(path: string, modified: number, options?: CallOptions): Promise<void> {
    await this.#moment('setModified', path)
    await this.#files.setModified(path, modified, options)
  }

  async setMode(path: string, mode: number, options?: CallOptions): Promise<void> {
    await this.#moment('setMode', path)
    await this.#files.setMode(path, mode, options)
  }

  async symlink(target: string, path: string, options?: CallOptions): Promise<void> {
    await this.#moment('symlink', path)
    await this.#files.symlink(target, path, options)
  }

  async readLink(path: string, options?: CallOptions): Promise<string> {
    await this.#moment('readLink', path)
    return this.#files.readLink(path, options)
  }

  async #hash(path: string, algorithm: string, options?: CallOptions): Promise<string> {
    await this.#moment('hash', path)
    return (await this.#files.hash?.(path, algorithm, options)) ?? ''
  }

  async #copyWithin(from: string, to: string, options: RemoteCopyOptions = {}): Promise<void> {
    await this.#moment('copyWithin', from)
    const source = options.source === this ? this.#files : options.source
    await this.#files.copyWithin?.(from, to, { ...options, source })
    await this.#moment('copyWithin', from, 1)
  }

  async #moment(call: keyof RemoteFiles, path: string, passed?: number): Promise<void> {
    await this.#at({ call, path, number: ++this.#number, passed })
  }
}
