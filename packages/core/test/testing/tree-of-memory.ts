/* A tree over `MemoryFiles`, as poor as it: for tests of what checks trees. */

import type {
  CallOptions,
  RemoteCapabilities,
  RemoteEntry,
  RemoteFiles,
  RemoteReadOptions,
  RemoteRemoveOptions,
  RemoteRenameOptions,
  RemoteMkdirOptions,
  RemoteWriteOptions,
  Source,
} from '@net/core'
import { netError, openSource, operation, type Operation } from '@net/core/authoring'
import { MemoryFiles } from '@net/core/testing'

export class TreeOfMemory implements RemoteFiles {
  readonly name = 'memory:test'
  readonly #files = new MemoryFiles()

  async capabilities(): Promise<RemoteCapabilities> {
    return {
      letterCase: 'kept',
      unicodeForm: 'kept',
      forbidden: '\n',
      longestName: Infinity,
      rename: 'atomic',
      modes: false,
      times: { grain: 1, canSet: true, zone: 'utc' },
      links: false,
      hashes: [],
      readOffsets: true,
      writeOffsets: true,
      calls: 2,
    }
  }

  async *list(path: string, options?: CallOptions): AsyncGenerator<RemoteEntry, void> {
    const entries = await this.#call('list', path, options, async () => this.#files.list(path))
    for (const entry of entries) {
      yield { ...entry, path: path === '' ? entry.name : `${path}/${entry.name}` }
    }
  }

  stat(path: string, options?: CallOptions): Promise<RemoteEntry> {
    return this.#call('stat', path, options, async () => ({ ...this.#files.stat(path), path }))
  }

  async *read(path: string, options: RemoteReadOptions = {}): AsyncGenerator<Uint8Array, void> {
    const { start, end, ...rest } = options
    const bytes = await this.#call('read', path, rest, async () =>
      this.#files.read(path, { start, end }),
    )
    for (let at = 0; at < bytes.length; at += 65_536) {
      yield bytes.subarray(at, at + 65_536)
      await this.#call('read', path, rest, async () => {})
    }
  }

  write(path: string, source: Source, options: RemoteWriteOptions = {}): Promise<void> {
    const { start = 0, keepRest = false, ...rest } = options
    return this.#call('write', path, rest, async (op) => {
      if (keepRest) throw unsupported()
      await using opened = await openSource(source)
      const old = start === 0 ? new Uint8Array(0) : this.#files.read(path, { end: start })
      const chunks: Uint8Array[] = [old]
      for await (const chunk of opened.chunks()) {
        op.signal.throwIfAborted()
        chunks.push(Buffer.from(chunk))
      }
      this.#files.write(path, Buffer.concat(chunks))
    })
  }

  mkdir(path: string, { recursive, ...rest }: RemoteMkdirOptions = {}): Promise<void> {
    return this.#call('mkdir', path, rest, async () => this.#files.mkdir(path, { recursive }))
  }

  remove(path: string, { recursive, ...rest }: RemoteRemoveOptions = {}): Promise<void> {
    return this.#call('remove', path, rest, async () => this.#files.remove(path, { recursive }))
  }

  rename(from: string, to: string, { replace, ...rest }: RemoteRenameOptions = {}): Promise<void> {
    return this.#call('rename', from, rest, async () => this.#files.rename(from, to, { replace }))
  }

  setModified(path: string, modified: number, options?: CallOptions): Promise<void> {
    return this.#call('setModified', path, options, async () =>
      this.#files.setModified(path, modified),
    )
  }

  setMode(path: string, _mode: number, options?: CallOptions): Promise<void> {
    return this.#call('setMode', path, options, async () => Promise.reject(unsupported()))
  }

  symlink(_target: string, path: string, options?: CallOptions): Promise<void> {
    return this.#call('symlink', path, options, async () => Promise.reject(unsupported()))
  }

  readLink(path: string, options?: CallOptions): Promise<string> {
    return this.#call('readLink', path, options, async () => Promise.reject(unsupported()))
  }

  async #call<T>(
    name: string,
    target: string,
    options: CallOptions | undefined,
    work: (op: Operation) => Promise<T>,
  ): Promise<T> {
    const isBad =
      target.includes('\0') || target.includes('\n') || /(?:^|\/)\.{1,2}(?:\/|$)/.test(target)
    if (isBad) throw netError('NET_BAD_NAME', { message: 'the name is not allowed' })
    return operation({ protocol: 'files', operation: name, target, kind: 'command' }, options, work)
  }
}

function unsupported(): Error {
  return netError('NET_UNSUPPORTED', { message: 'this tree cannot' })
}
