/*
 * What users hold: the verbs of FTP. Each is one operation that takes its turn at the session; how it is done stands
 * in the file of its noun.
 */

import {
  type CallOptions,
  type CloseOptions,
  type NetError,
  type Sink,
  type Source,
} from '@net/core'
import {
  addContext,
  checkSink,
  checkSource,
  inCall,
  isFileSink,
  isReplayable,
  leavable,
} from '@net/core/authoring'
import type { ConnectionInfo } from '@net/socket'
import { ClientFrame, type ClientIdentity, type Verb } from '@net/socket/authoring'

import { doors } from './call-doors.ts'
import { makeFolder, removeOne, renameOne } from './commands.ts'
import type {
  DownloadOptions,
  ListOptions,
  MkdirOptions,
  ReadFileOptions,
  RenameOptions,
} from './client-options.ts'
import type { Dialog } from './dialog.ts'
import { download } from './download.ts'
import type { FtpEntry, TransferResult } from './entry.ts'
import { listFolder } from './listing/list.ts'
import { forAwaitOnly } from './listing/for-await-only.ts'
import { cannotTell, lookFor, lookUp } from './lookup.ts'
import { readWhole } from './read-whole.ts'
import { checkPath } from './remote-path.ts'
import type { Session } from './session.ts'
import { requireSize } from './size.ts'
import { upload } from './upload.ts'

/**
 * A session with an FTP server. Calls run one after the other, in the order in which they were made. A path without a
 * leading `/` begins in the folder of the URL, or in the user's own folder. Paths with a line break or NUL are
 * `NET_INJECTION`. After `close` every call rejects with `NET_CLOSED`; after the loss of the connection with that loss,
 * whose `retry` is 'safe', because nothing was sent; and with `NET_BUSY` while another call waits for a stream or function
 * of the caller's. Calls that can be repeated without harm are repeated twice.
 */
export interface FtpClient extends AsyncDisposable {
  /** Sends the source to the path and replaces the file there (STOR); a transfer. Rejects with `NET_SIZE_MISMATCH` if the server's SIZE differs afterwards. */
  upload(source: Source, path: string, options?: CallOptions): Promise<TransferResult>
  /** Fetches a file into the sink (RETR); a transfer. Rejects with `NET_PROTO_INCOMPLETE` if fewer bytes came than the server announced; a local file takes its name only when it is complete. */
  download(path: string, sink: Sink, options?: DownloadOptions): Promise<TransferResult>
  /** Fetches a file into memory; a transfer. Rejects with `NET_PROTO_LIMIT` beyond `maxBytes`. */
  readFile(path: string, options?: ReadFileOptions): Promise<Uint8Array>
  /** Writes a file, text as UTF-8, and replaces what is there; a transfer. */
  writeFile(
    path: string,
    content: string | Uint8Array,
    options?: CallOptions,
  ): Promise<TransferResult>
  /**
   * The entries of a folder, by default the current one (MLSD, else LIST); a transfer. The listing is read completely
   * before the first entry is given, so other calls are possible inside the loop. Where the server cut the listing
   * short, the loop gives what came and then throws `NET_PROTO_INCOMPLETE`. Lines that cannot be read are left out with
   * a warning in the log.
   */
  list(path?: string, options?: ListOptions): AsyncIterable<FtpEntry>
  /** One file or folder (MLST, else the listing of its folder); a command. Rejects with `NET_NOT_FOUND` if there is none. */
  stat(path: string, options?: CallOptions): Promise<FtpEntry>
  /** Whether the path exists; a command. Rejects with `NET_UNSUPPORTED` where the server cannot say. */
  exists(path: string, options?: CallOptions): Promise<boolean>
  /** The size of a file in bytes (SIZE, RFC 3659); a command. Rejects with `NET_UNSUPPORTED` where the server has no SIZE. */
  size(path: string, options?: CallOptions): Promise<number>
  /** Makes a folder (MKD); a command. Rejects with `NET_EXISTS` if the name is taken. */
  mkdir(path: string, options?: MkdirOptions): Promise<void>
  /** Removes a file (DELE), or an empty folder (RMD); a command. Rejects with `NET_NOT_EMPTY` for any other folder. */
  remove(path: string, options?: CallOptions): Promise<void>
  /** Gives a file or folder another path (RNFR, RNTO); a command. Rejects with `NET_EXISTS` if the new path is taken, unless `replace` is true. */
  rename(from: string, to: string, options?: RenameOptions): Promise<void>
  /** Waits for the running call, says QUIT and closes; all within `grace`, 2,000 ms by default. Rejects only for wrong options. */
  close(options?: CloseOptions): Promise<void>
  /** Resolves once the session has ended: to the error that ended it, or to undefined after `close`. Never rejects. */
  readonly closed: Promise<NetError | undefined>
  /** Addresses and TLS of the control connection. */
  readonly info: ConnectionInfo
  /** The server's greeting, with its code. */
  readonly welcome: string
  /** The server's features (FEAT, RFC 2389): names in upper case, each with its parameters. */
  readonly capabilities: ReadonlyMap<string, string>
}

/** The client over one session. */
export class Client implements FtpClient {
  readonly info: ConnectionInfo
  readonly welcome: string
  readonly #session: Session
  readonly #frame: ClientFrame

  constructor(session: Session, welcome: string, identity: ClientIdentity) {
    this.#session = session
    this.#frame = new ClientFrame(identity, session)
    this.info = session.control.info
    this.welcome = welcome
  }

  get closed(): Promise<NetError | undefined> {
    return this.#session.control.closed
  }

  get capabilities(): ReadonlyMap<string, string> {
    return this.#session.features
  }

  async upload(source: Source, path: string, options?: CallOptions): Promise<TransferResult> {
    const taken = this.#take('upload', { path }, () => {
      checkSource(source)
      return doors.upload(options)
    })
    const verb: Verb = {
      operation: 'upload',
      target: path,
      kind: 'transfer',
      idempotent: isReplayable(source),
    }
    return this.#call(verb, taken, (dialog) => upload(this.#session, dialog, source, path))
  }

  async download(path: string, sink: Sink, options?: DownloadOptions): Promise<TransferResult> {
    const taken = this.#take('download', { path }, () => {
      checkSink(sink)
      return doors.download(options)
    })
    const plan = { path, sink, resume: taken.resume === true }
    const verb: Verb = {
      operation: 'download',
      target: path,
      kind: 'transfer',
      idempotent: isFileSink(sink),
    }
    return this.#call(verb, taken, (dialog) => download(this.#session, dialog, plan))
  }

  async readFile(path: string, options?: ReadFileOptions): Promise<Uint8Array> {
    const taken = this.#take('readFile', { path }, () => doors.readFile(options))
    const { maxBytes = MOST_IN_MEMORY } = taken
    const verb: Verb = { operation: 'readFile', target: path, kind: 'transfer', idempotent: true }
    return this.#call(verb, taken, (dialog) => readWhole(this.#session, dialog, path, maxBytes))
  }

  async writeFile(
    path: string,
    content: string | Uint8Array,
    options?: CallOptions,
  ): Promise<TransferResult> {
    const bytes = typeof content === 'string' ? Buffer.from(content, 'utf8') : content
    const taken = this.#take('writeFile', { path }, () => {
      checkSource(bytes)
      return doors.writeFile(options)
    })
    const verb: Verb = { operation: 'writeFile', target: path, kind: 'transfer', idempotent: true }
    return this.#call(verb, taken, (dialog) => upload(this.#session, dialog, bytes, path))
  }

  list(path = '.', options?: ListOptions): AsyncIterable<FtpEntry> {
    const left = new AbortController()
    const entries = this.#list(path, options, left.signal)
    return forAwaitOnly(leavable(entries, { leave: () => left.abort() }))
  }

  async stat(path: string, options?: CallOptions): Promise<FtpEntry> {
    const taken = this.#take('stat', { path }, () => doors.stat(options))
    const verb: Verb = { operation: 'stat', target: path, kind: 'command', idempotent: true }
    return this.#call(verb, taken, (dialog) => lookUp(this.#session, dialog, path))
  }

  async exists(path: string, options?: CallOptions): Promise<boolean> {
    const taken = this.#take('exists', { path }, () => doors.exists(options))
    const verb: Verb = { operation: 'exists', target: path, kind: 'command', idempotent: true }
    return this.#call(verb, taken, async (dialog) => {
      const found = await lookFor(this.#session, dialog, path)
      if (found.is === undefined && found.proof === 'none') throw cannotTell(path)
      return found.is !== undefined
    })
  }

  async size(path: string, options?: CallOptions): Promise<number> {
    const taken = this.#take('size', { path }, () => doors.size(options))
    const verb: Verb = { operation: 'size', target: path, kind: 'command', idempotent: true }
    return this.#call(verb, taken, (dialog) => requireSize(this.#session, dialog, path))
  }

  async mkdir(path: string, options?: MkdirOptions): Promise<void> {
    const taken = this.#take('mkdir', { path }, () => doors.mkdir(options))
    const idempotent = taken.recursive === true
    const verb: Verb = { operation: 'mkdir', target: path, kind: 'command', idempotent }
    return this.#call(verb, taken, (dialog) => makeFolder(this.#session, dialog, path, idempotent))
  }

  async remove(path: string, options?: CallOptions): Promise<void> {
    const taken = this.#take('remove', { path }, () => doors.remove(options))
    const verb: Verb = { operation: 'remove', target: path, kind: 'command' }
    return this.#call(verb, taken, (dialog) => removeOne(this.#session, dialog, path))
  }

  async rename(from: string, to: string, options?: RenameOptions): Promise<void> {
    const taken = this.#take('rename', { from, to }, () => doors.rename(options))
    const replace = taken.replace === true
    const verb: Verb = { operation: 'rename', target: from, kind: 'command' }
    return this.#call(verb, taken, (dialog) =>
      renameOne(this.#session, dialog, { from, to, replace }),
    )
  }

  async close(options?: CloseOptions): Promise<void> {
    await this.#frame.close(doors.close(options), (op) => this.#session.quit(op))
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }

  async *#list(
    path: string,
    options: ListOptions | undefined,
    left: AbortSignal,
  ): AsyncGenerator<FtpEntry, void> {
    const given = this.#take('list', { path }, () => doors.list(options))
    const signal = given.signal === undefined ? left : AbortSignal.any([given.signal, left])
    const taken = { ...given, signal }
    const verb: Verb = { operation: 'list', target: path, kind: 'transfer', idempotent: true }
    const { entries, incomplete } = await this.#call(verb, taken, (dialog) =>
      listFolder(this.#session, dialog, path, taken.maxBytes),
    )
    yield* entries
    if (incomplete !== undefined) {
      throw addContext(incomplete, { protocol: 'ftp', operation: 'list', target: path })
    }
  }

  /** Checks the paths and whatever else the call was given, before anything is done. */
  #take<T>(call: string, paths: Readonly<Record<string, unknown>>, check: () => T): T {
    return inCall({ protocol: 'ftp', call }, () => {
      for (const [name, path] of Object.entries(paths)) {
        checkPath(name, path, this.#session.control.encoding)
      }
      return check()
    })
  }

  #call<T>(verb: Verb, options: CallOptions, work: (dialog: Dialog) => Promise<T>): Promise<T> {
    return this.#frame.call(verb, options, (op, attempt) => this.#session.use(op, attempt, work))
  }
}

const MOST_IN_MEMORY = 100 * 1024 * 1024
