/*
 * What users hold: the verbs of FTP. Each is one operation that takes its turn at the session; how it is done stands
 * in the file of its noun.
 */

import { formatEndpoint, type CallOptions, type NetError, type Sink, type Source } from '@net/core'
import {
  addContext,
  checkSink,
  checkSource,
  isFileSink,
  isReplayable,
  operation,
  own,
  type ClientContext,
  type OperationSpec,
} from '@net/core/authoring'
import type { ConnectionInfo } from '@net/socket'

import { makeFolder, removeOne, renameOne } from './commands.ts'
import type {
  CloseOptions,
  DownloadOptions,
  ListOptions,
  MkdirOptions,
  ReadFileOptions,
  RenameOptions,
} from './client-options.ts'
import type { Dialog } from './dialog.ts'
import { download } from './download.ts'
import { ftpErrors } from './engine/basic-ftp-errors.ts'
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
 * A session with an FTP server. Calls are served one after the other, in the order in which they were made. Paths that
 * do not begin with `/` begin in the folder of the URL, or where the login led. Every call rejects with `NET_CLOSED`
 * once the session is gone, and with `NET_BUSY` while another one waits for a stream or function of the caller's.
 */
export interface FtpClient extends AsyncDisposable {
  /** Sends the source to the path and replaces what is there; a transfer. Done only when the server's SIZE, where it has one, agrees: else `NET_SIZE_MISMATCH`. */
  upload(source: Source, path: string, options?: CallOptions): Promise<TransferResult>
  /** Fetches a file; a transfer. `toFile()` gets its name only when it is whole: `NET_PROTO_INCOMPLETE` if less came than the server announced. */
  download(path: string, sink: Sink, options?: DownloadOptions): Promise<TransferResult>
  /** The bytes of a file; a transfer. */
  readFile(path: string, options?: ReadFileOptions): Promise<Uint8Array>
  /** Writes a file, text as UTF-8, and replaces what is there; a transfer. */
  writeFile(
    path: string,
    content: string | Uint8Array,
    options?: CallOptions,
  ): Promise<TransferResult>
  /** The entries of a folder, by default the current one, read whole before the first is given: other calls are possible inside the loop. A transfer. */
  list(path?: string, options?: ListOptions): AsyncIterable<FtpEntry>
  /** One entry (MLST, else the listing of its folder); `NET_NOT_FOUND` if there is none. A command. */
  stat(path: string, options?: CallOptions): Promise<FtpEntry>
  /** Whether there is something. A command. */
  exists(path: string, options?: CallOptions): Promise<boolean>
  /** The size of a file in bytes (SIZE); `NET_UNSUPPORTED` where the server cannot tell. A command. */
  size(path: string, options?: CallOptions): Promise<number>
  /** Makes a folder. A command. */
  mkdir(path: string, options?: MkdirOptions): Promise<void>
  /** Removes a file, or a folder that is empty. A command. */
  remove(path: string, options?: CallOptions): Promise<void>
  /** Gives something another path. A command. */
  rename(from: string, to: string, options?: RenameOptions): Promise<void>
  /** Says goodbye and closes; what is not done within `grace` (2,000 ms by default) is cut off. Never rejects. */
  close(options?: CloseOptions): Promise<void>
  /** Settles once the session is gone, with what took it, or undefined after `close`; never rejects. */
  readonly closed: Promise<NetError | undefined>
  /** What is known about the control connection. */
  readonly info: ConnectionInfo
  /** What the server said first. */
  readonly welcome: string
  /** What the server says it can do (FEAT): names in upper case, with what stands behind them. */
  readonly capabilities: ReadonlyMap<string, string>
}

/** The client over one session. */
export class Client implements FtpClient {
  readonly info: ConnectionInfo
  readonly welcome: string
  readonly #session: Session
  readonly #context: ClientContext

  constructor(session: Session, welcome: string, context: ClientContext) {
    this.#session = session
    this.#context = context
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
    checkSource(source)
    this.#check('the path', path)
    const verb = {
      operation: 'upload',
      target: path,
      kind: 'transfer',
      idempotent: isReplayable(source),
    } as const
    return this.#call(verb, options, (dialog) => upload(this.#session, dialog, source, path))
  }

  async download(path: string, sink: Sink, options?: DownloadOptions): Promise<TransferResult> {
    this.#check('the path', path)
    checkSink(sink)
    const plan = { path, sink, resume: own(options, 'resume') === true }
    const verb = {
      operation: 'download',
      target: path,
      kind: 'transfer',
      idempotent: isFileSink(sink),
    } as const
    return this.#call(verb, options, (dialog) => download(this.#session, dialog, plan))
  }

  async readFile(path: string, options?: ReadFileOptions): Promise<Uint8Array> {
    this.#check('the path', path)
    const limit = own(options, 'maxBytes') ?? MOST_IN_MEMORY
    const verb = {
      operation: 'readFile',
      target: path,
      kind: 'transfer',
      idempotent: true,
    } as const
    return this.#call(verb, options, (dialog) => readWhole(this.#session, dialog, path, limit))
  }

  async writeFile(
    path: string,
    content: string | Uint8Array,
    options?: CallOptions,
  ): Promise<TransferResult> {
    this.#check('the path', path)
    const bytes = typeof content === 'string' ? Buffer.from(content, 'utf8') : content
    checkSource(bytes)
    const verb = {
      operation: 'writeFile',
      target: path,
      kind: 'transfer',
      idempotent: true,
    } as const
    return this.#call(verb, options, (dialog) => upload(this.#session, dialog, bytes, path))
  }

  list(path = '.', options?: ListOptions): AsyncIterable<FtpEntry> {
    return forAwaitOnly(this.#list(path, options))
  }

  async stat(path: string, options?: CallOptions): Promise<FtpEntry> {
    this.#check('the path', path)
    const verb = { operation: 'stat', target: path, kind: 'command', idempotent: true } as const
    return this.#call(verb, options, (dialog) => lookUp(this.#session, dialog, path))
  }

  async exists(path: string, options?: CallOptions): Promise<boolean> {
    this.#check('the path', path)
    const verb = { operation: 'exists', target: path, kind: 'command', idempotent: true } as const
    return this.#call(verb, options, async (dialog) => {
      const found = await lookFor(this.#session, dialog, path)
      if (found.is === undefined && found.proof === 'none') throw cannotTell(path)
      return found.is !== undefined
    })
  }

  async size(path: string, options?: CallOptions): Promise<number> {
    this.#check('the path', path)
    const verb = { operation: 'size', target: path, kind: 'command', idempotent: true } as const
    return this.#call(verb, options, (dialog) => requireSize(dialog, path))
  }

  async mkdir(path: string, options?: MkdirOptions): Promise<void> {
    this.#check('the path', path)
    const recursive = own(options, 'recursive') === true
    const verb = {
      operation: 'mkdir',
      target: path,
      kind: 'command',
      idempotent: recursive,
    } as const
    return this.#call(verb, options, (dialog) => makeFolder(this.#session, dialog, path, recursive))
  }

  async remove(path: string, options?: CallOptions): Promise<void> {
    this.#check('the path', path)
    const verb = { operation: 'remove', target: path, kind: 'command' } as const
    return this.#call(verb, options, (dialog) => removeOne(this.#session, dialog, path))
  }

  async rename(from: string, to: string, options?: RenameOptions): Promise<void> {
    this.#check('the path', from)
    this.#check('the other path', to)
    const replace = own(options, 'replace') === true
    const verb = { operation: 'rename', target: from, kind: 'command' } as const
    return this.#call(verb, options, (dialog) =>
      renameOne(this.#session, dialog, { from, to, replace }),
    )
  }

  async close(options?: CloseOptions): Promise<void> {
    const grace = own(options, 'grace') ?? GRACE
    await operation(this.#spec({ operation: 'close', kind: 'command' }), undefined, (op) =>
      op.phase('close', () => this.#session.close(op, grace)),
    )
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }

  async *#list(path: string, options: ListOptions | undefined): AsyncGenerator<FtpEntry, void> {
    this.#check('the path', path)
    const limit = own(options, 'maxBytes')
    const verb = { operation: 'list', target: path, kind: 'transfer', idempotent: true } as const
    const listing = await this.#call(verb, options, (dialog) =>
      listFolder(this.#session, dialog, path, limit),
    )
    yield* listing.entries
    if (listing.incomplete !== undefined) {
      const { endpoint } = this.#spec(verb)
      throw addContext(listing.incomplete, {
        protocol: 'ftp',
        operation: 'list',
        target: path,
        ...(endpoint === undefined ? {} : { endpoint }),
      })
    }
  }

  #check(name: string, path: string): void {
    checkPath(name, path, this.#session.control.encoding)
  }

  #call<T>(
    verb: Verb,
    options: CallOptions | undefined,
    work: (dialog: Dialog) => Promise<T>,
  ): Promise<T> {
    const spec = { ...this.#spec(verb), usable: () => this.#session.usable }
    return operation(spec, options, (op) =>
      op.attempt((attempt) => this.#session.use(op, attempt, work)),
    )
  }

  #spec(verb: Verb): OperationSpec {
    const endpoint = formatEndpoint(this.info.endpoint)
    return { protocol: 'ftp', endpoint, errors: ftpErrors, client: this.#context, ...verb }
  }
}

type Verb = Pick<OperationSpec, 'operation' | 'target' | 'kind' | 'idempotent'>

const GRACE = 2000
const MOST_IN_MEMORY = 100 * 1024 * 1024
