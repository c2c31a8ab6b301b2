/* The client of SFTP: verbs that move bytes of files, and lists; those that are commands it has from `command-verbs.ts`. */

import { stat } from 'node:fs/promises'

import type { CallOptions, CloseOptions, NetError, RemoteFiles, Sink, Source } from '@net/core'
import {
  addContext,
  ByteQueue,
  checkSink,
  checkSource,
  isFileSource,
  isReplayable,
  netError,
  refused,
} from '@net/core/authoring'

import { isPrivate, type SftpAttributes } from './attributes.ts'
import { doors } from './call-doors.ts'
import type { Calls, PathCall } from './calls.ts'
import { CommandVerbs } from './command-verbs.ts'
import { download } from './download.ts'
import type { SftpEntry } from './entry.ts'
import { handedOver, until } from './handoff.ts'
import { listFolder } from './listing.ts'
import { namePattern } from './name-pattern.ts'
import { openFile } from './open-file.ts'
import { setAttributes, timesOf } from './path-verbs.ts'
import { copyOnServer } from './server-copy.ts'
import type { SftpClient } from './sftp-client.ts'
import { SftpError } from './sftp-error.ts'
import { OpenFile, openFlags, type SftpFile, type SftpOpenFlags } from './sftp-file.ts'
import { SftpFiles } from './sftp-files.ts'
import type {
  SftpAppendOptions,
  SftpCopyOptions,
  SftpDownloadOptions,
  SftpOpenOptions,
  SftpReadFileOptions,
  SftpReadOptions,
  SftpUploadOptions,
} from './sftp-options.ts'
import type { SftpPlace } from './sftp-session.ts'
import type { TransferResult } from './transfer-result.ts'
import { upload, type UploadPlan } from './upload.ts'
import { globFolders, walkFolders } from './walk.ts'

/** The client over its calls. */
export class Client extends CommandVerbs implements SftpClient {
  readonly closed: Promise<NetError | undefined>
  readonly #name: string

  /** `name` is that of the server, as `ssh://user@host:22`. */
  constructor(calls: Calls, name: string) {
    super(calls)
    this.closed = calls.closed
    this.#name = name
  }

  get extensions(): ReadonlyMap<string, string> {
    return this.calls.session.rules.extensions
  }

  async upload(source: Source, path: string, options?: SftpUploadOptions): Promise<TransferResult> {
    return this.#upload('upload', source, path, options)
  }

  async writeFile(
    path: string,
    content: string | Uint8Array,
    options?: SftpUploadOptions,
  ): Promise<TransferResult> {
    return this.#upload('writeFile', bytesOf(content), path, options)
  }

  async append(source: Source, path: string, options?: SftpAppendOptions): Promise<TransferResult> {
    return this.#append('append', source, path, options)
  }

  async appendFile(
    path: string,
    content: string | Uint8Array,
    options?: SftpAppendOptions,
  ): Promise<TransferResult> {
    return this.#append('appendFile', bytesOf(content), path, options)
  }

  async download(path: string, sink: Sink, options?: SftpDownloadOptions): Promise<TransferResult> {
    const call = moving('download', path)
    const taken = this.calls.take(call, () => {
      checkSink(sink)
      return doors.download(options)
    })
    const { resume, preserve, sparse } = taken
    const plan = { path, sink, resume, preserve, sparse, server: this.#name }
    return this.calls.run(call, taken, (session, op) => download(session, op, plan))
  }

  async readFile(path: string, options?: SftpReadFileOptions): Promise<Uint8Array> {
    const call = moving('readFile', path)
    const taken = this.calls.take(call, () => doors.readFile(options))
    const { maxBytes = MOST_IN_MEMORY } = taken
    return this.calls.run(call, taken, async (session, op) => {
      const received = new ByteQueue()
      const sink = (chunk: Uint8Array): void => {
        received.push(chunk)
        if (received.length > maxBytes) throw tooLong(maxBytes)
      }
      await download(session, op, { path, sink })
      return received.take(received.length)
    })
  }

  read(path: string, options?: SftpReadOptions): AsyncIterable<Uint8Array> {
    const call = { ...moving('read', path), place: this.calls.here }
    return handedOver<Uint8Array>(async (put, left) => {
      const taken = this.calls.take(call, () => doors.read(options))
      const { start, end } = taken
      await this.calls.run(call, until(taken, left), (session, op) =>
        download(session, op, { path, sink: put, start, end }),
      )
    })
  }

  async open(
    path: string,
    flags: SftpOpenFlags = 'r',
    options?: SftpOpenOptions,
  ): Promise<SftpFile> {
    const call = { operation: 'open', paths: [path] }
    const taken = this.calls.take(call, () => {
      if (!Object.hasOwn(openFlags, flags))
        throw refused("'r', 'r+', 'w', 'wx' or 'a'", flags, 'flags')
      return doors.open(options)
    })
    return this.calls.run(call, taken, async (session, op) => {
      const opening = { path, flags: openFlags[flags], mode: taken.mode }
      const handle = await op.phase('command', () => openFile(session, op, opening))
      return new OpenFile(session, { handle, path, flags }, ({ target, ...verb }, options, run) =>
        this.calls.run({ ...verb, paths: [target] }, options, (_, op) => run(op)),
      )
    })
  }

  list(path = '.', options?: CallOptions): AsyncIterable<SftpEntry> {
    return flat(this.#list('list', path, options))
  }

  walk(path = '.', options?: CallOptions): AsyncIterable<SftpEntry> {
    const place = this.calls.here
    return walkFolders(path, (folder) => flat(this.#list('walk', folder, options, place)))
  }

  glob(pattern: string, options?: CallOptions): AsyncIterable<SftpEntry> {
    const wanted = this.calls.take({ operation: 'glob', paths: [pattern] }, () =>
      namePattern(pattern),
    )
    const place = this.calls.here
    return globFolders(wanted, (folder) => flat(this.#list('glob', folder, options, place)))
  }

  async copy(from: string, to: string, options?: SftpCopyOptions): Promise<TransferResult> {
    const call = { operation: 'copy', paths: [from, to], kind: 'transfer' } as const
    const taken = this.calls.take(call, () => doors.copy(options))
    return this.calls.run(call, taken, (session, op) =>
      copyOnServer(session, op, { from, to, replace: taken.replace === true }),
    )
  }

  files(root = '.'): RemoteFiles {
    return new SftpFiles(this.calls, this.#name, root)
  }

  close(options?: CloseOptions): Promise<void> {
    return this.calls.close(options)
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  async #upload(
    operation: 'upload' | 'writeFile',
    source: Source,
    path: string,
    options: SftpUploadOptions | undefined,
  ): Promise<TransferResult> {
    const taken = this.calls.take({ operation, paths: [path] }, () => {
      checkSource(source)
      const given = doors[operation](options)
      if (given.preserve === true && !isFileSource(source)) {
        throw netError('NET_BAD_OPTION', { message: 'preserve needs a source of fromFile()' })
      }
      return given
    })
    const { inPlace, resume, mode, sparse, preserve } = taken
    const call = moving(operation, path, isReplayable(source))
    const result = await this.calls.run(call, taken, async (session, op) => {
      const kept = preserve === true && isFileSource(source) ? await keptOf(source.path) : undefined
      // What others may not read here they may not read there meanwhile.
      const first =
        kept !== undefined && isPrivate(kept.permissions)
          ? (kept.permissions & 0o777) | OWNER
          : undefined
      const plan: UploadPlan = { source, path, inPlace, resume, mode: mode ?? first, sparse }
      const done = await upload(session, op, plan)
      if (kept !== undefined) {
        await op.phase('command', () =>
          setAttributes(session, op, path, kept).catch((error: unknown) => {
            // The data is complete under its name, and is not sent again.
            if (!(error instanceof SftpError)) throw error
            throw addContext(error, { operation: 'setModified', retry: 'never' })
          }),
        )
      }
      return done
    })
    return result
  }

  async #append(
    operation: 'append' | 'appendFile',
    source: Source,
    path: string,
    options: SftpAppendOptions | undefined,
  ): Promise<TransferResult> {
    const call = moving(operation, path)
    const taken = this.calls.take(call, () => {
      checkSource(source)
      return doors[operation](options)
    })
    return this.calls.run(call, taken, (session, op) =>
      upload(session, op, { source, path, inPlace: true, append: true, mode: taken.mode }),
    )
  }

  #list(
    operation: string,
    folder: string,
    options: CallOptions | undefined,
    place: SftpPlace = this.calls.here,
  ): AsyncIterable<readonly SftpEntry[]> {
    const call = { ...moving(operation, folder), place }
    return handedOver(async (put, left) => {
      const taken = this.calls.take(call, () => doors.plain(operation)(options))
      await this.calls.run(call, until(taken, left), (session, op) =>
        listFolder(session, op, { folder }, put),
      )
    })
  }
}

function moving(operation: string, path: string, idempotent: boolean = false): PathCall {
  return { operation, paths: [path], kind: 'transfer', idempotent }
}

/** The mode and the times of a local file. Throws `NET_BAD_OPTION` for times that SFTP has not, before a byte is sent. */
async function keptOf(
  path: string | URL,
): Promise<SftpAttributes & { readonly permissions: number }> {
  const { mode, mtimeMs, atimeMs } = await stat(path)
  return { ...timesOf(mtimeMs, atimeMs), permissions: mode & 0o7777 }
}

async function* flat<T>(groups: AsyncIterable<readonly T[]>): AsyncGenerator<T, void> {
  for await (const group of groups) yield* group
}

function bytesOf(content: string | Uint8Array): Uint8Array {
  return typeof content === 'string' ? Buffer.from(content, 'utf8') : content
}

function tooLong(limit: number): Error {
  return netError('NET_PROTO_LIMIT', { message: `the file has more than ${limit} bytes`, limit })
}

/** What its owner needs while it is written. */
const OWNER = 0o600
const MOST_IN_MEMORY = 100 * 1024 * 1024
