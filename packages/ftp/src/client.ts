/* The verbs of FTP as calls: each checks its arguments, and is one operation that takes its turn at a session. How it is done stands elsewhere. */

import type { CallOptions, CloseOptions, NetError, RemoteFiles, Sink, Source } from '@net/core'
import {
  addContext,
  argument,
  checkSink,
  checkSource,
  isFileSink,
  option,
} from '@net/core/authoring'
import type { ConnectionInfo } from '@net/socket'
import { ClientFrame, type ClientIdentity, type Verb } from '@net/socket/authoring'

import { requireModified, setMode, setModified, statOf } from './attributes.ts'
import { doors } from './call-doors.ts'
import { hashOf } from './checksum.ts'
import {
  againOf,
  bytesOf,
  commandOf,
  joined,
  looped,
  mannerOf,
  planOf,
  takenBy,
  transferOf,
} from './call-plans.ts'
import { handedOver } from './chunk-handoff.ts'
import type {
  CommandOptions,
  DownloadOptions,
  LinesOptions,
  ListOptions,
  MkdirOptions,
  ReadFileOptions,
  ReadOptions,
  RemoveOptions,
  RenameOptions,
  TransferOptions,
  UploadOptions,
} from './client-options.ts'
import { makeFolder, removeOne, renameOne } from './commands.ts'
import type { Dialog } from './dialog.ts'
import { download } from './download.ts'
import type { FtpEntry, TransferResult } from './entry.ts'
import { flattened } from './flattened.ts'
import { FtpFiles } from './ftp-files.ts'
import { forAwaitOnly } from './listing/for-await-only.ts'
import { listLines } from './listing/lines.ts'
import { ListingFlow } from './listing/listing-flow.ts'
import { listFolder, type Listing, type ListingOptions } from './listing/list.ts'
import { cannotTell, lookFor } from './lookup.ts'
import { rawCommand, type CommandReply } from './raw-command.ts'
import { readWhole } from './read-whole.ts'
import { removeTree } from './remove-tree.ts'
import type { Session, SharedPlace } from './session.ts'
import type { Sessions } from './sessions.ts'
import { requireSize } from './size.ts'
import type { TreeClient } from './tree-client.ts'
import { upload } from './upload.ts'
import { uploadAs } from './upload-manner.ts'
import { walkFolders } from './walk.ts'

/** The client over its sessions. */
export class Client implements TreeClient {
  readonly closed: Promise<NetError | undefined>
  readonly info: ConnectionInfo
  readonly welcome: string
  readonly capabilities: ReadonlyMap<string, string>
  readonly user: string
  readonly connections: number
  readonly place: Readonly<SharedPlace>
  readonly within: TreeClient['within'] = (...call) => this.#call(...call)
  readonly #sessions: Sessions
  readonly #frame: ClientFrame
  readonly #first: Session

  constructor(first: Session, sessions: Sessions, rules: ClientRules) {
    const { welcome, identity, user, connections } = rules
    this.#first = first
    this.#sessions = sessions
    this.#frame = new ClientFrame(identity, sessions)
    this.closed = this.#frame.endOf(sessions.closed)
    this.info = first.control.info
    this.capabilities = first.features
    this.welcome = welcome
    this.user = user
    this.connections = connections
    this.place = first.place
  }

  async upload(source: Source, path: string, options?: UploadOptions): Promise<TransferResult> {
    const taken = this.#take('upload', { path }, () => {
      checkSource(source)
      return doors.upload(options)
    })
    return this.#upload('upload', source, path, taken)
  }

  async writeFile(
    path: string,
    content: string | Uint8Array,
    options?: UploadOptions,
  ): Promise<TransferResult> {
    const bytes = bytesOf(content)
    const taken = this.#take('writeFile', { path }, () => {
      checkSource(bytes)
      return doors.writeFile(options)
    })
    return this.#upload('writeFile', bytes, path, taken)
  }

  async append(source: Source, path: string, options?: TransferOptions): Promise<TransferResult> {
    return this.#send('APPE', source, path, options)
  }

  async appendFile(
    path: string,
    content: string | Uint8Array,
    options?: TransferOptions,
  ): Promise<TransferResult> {
    return this.#send('APPE', bytesOf(content), path, options)
  }

  async uploadUnique(source: Source, options?: TransferOptions): Promise<TransferResult> {
    return this.#send('STOU', source, '', options)
  }

  async download(path: string, sink: Sink, options?: DownloadOptions): Promise<TransferResult> {
    const taken = this.#take('download', { path }, () => {
      checkSink(sink)
      return doors.download(options)
    })
    const plan = { path, sink, resume: taken.resume === true, ...mannerOf(taken) }
    return this.#call(transferOf('download', path, isFileSink(sink)), taken, (dialog, session) =>
      download(session, dialog, plan),
    )
  }

  async readFile(path: string, options?: ReadFileOptions): Promise<Uint8Array> {
    const taken = this.#take('readFile', { path }, () => doors.readFile(options))
    return this.#call(transferOf('readFile', path, true), taken, (dialog, session) =>
      readWhole(session, dialog, path, taken.maxBytes),
    )
  }

  read(path: string, options?: ReadOptions): AsyncIterable<Uint8Array> {
    return looped((left) => this.#read(path, options, left))
  }

  list(path = '.', options?: ListOptions): AsyncIterable<FtpEntry> {
    return forAwaitOnly(flattened(looped((left) => this.#list(path, options, left))))
  }

  walk(path = '.', options?: ListOptions): AsyncIterable<FtpEntry> {
    return forAwaitOnly(flattened(looped(({ signal }) => this.#walk(path, options, signal))))
  }

  async nlst(path = '.', options?: LinesOptions): Promise<readonly string[]> {
    return this.#lines('nlst', 'NLST', path, options)
  }

  async listRaw(path = '.', options?: LinesOptions): Promise<readonly string[]> {
    return this.#lines('listRaw', 'LIST', path, options)
  }

  async stat(path: string, options?: CallOptions): Promise<FtpEntry> {
    const taken = this.#take('stat', { path }, () => doors.stat(options))
    return this.#call(commandOf('stat', path, true), taken, (dialog, session) =>
      statOf(session, dialog, path),
    )
  }

  async exists(path: string, options?: CallOptions): Promise<boolean> {
    const taken = this.#take('exists', { path }, () => doors.exists(options))
    return this.#call(commandOf('exists', path, true), taken, async (dialog, session) => {
      const found = await lookFor(session, dialog, path)
      if (found.is === undefined && found.proof === 'none') throw cannotTell(path)
      return found.is !== undefined
    })
  }

  async size(path: string, options?: CallOptions): Promise<number> {
    const taken = this.#take('size', { path }, () => doors.size(options))
    return this.#call(commandOf('size', path, true), taken, (dialog, session) =>
      requireSize(session, dialog, path),
    )
  }

  async modified(path: string, options?: CallOptions): Promise<number> {
    const taken = this.#take('modified', { path }, () => doors.modified(options))
    return this.#call(commandOf('modified', path, true), taken, (dialog, session) =>
      requireModified(session, dialog, path),
    )
  }

  async setModified(path: string, modified: number, options?: CallOptions): Promise<void> {
    const taken = this.#take('setModified', { path }, () => {
      argument('modified', option.between(-8.64e15, 8.64e15), Math.floor(modified))
      return doors.setModified(options)
    })
    return this.#call(commandOf('setModified', path, true), taken, (dialog, session) =>
      setModified(session, dialog, path, modified),
    )
  }

  async setMode(path: string, mode: number, options?: CallOptions): Promise<void> {
    const taken = this.#take('setMode', { path }, () => {
      argument('mode', option.between(0, 0o7777), mode)
      return doors.setMode(options)
    })
    return this.#call(commandOf('setMode', path, true), taken, (dialog) =>
      setMode(dialog, path, mode),
    )
  }

  async hash(path: string, algorithm: string, options?: CallOptions): Promise<string> {
    const taken = this.#take('hash', { path }, () => {
      argument('algorithm', option.text, algorithm)
      return doors.hash(options)
    })
    return this.#call(transferOf('hash', path, true), taken, (dialog, session) =>
      hashOf(session, dialog, path, algorithm),
    )
  }

  async mkdir(path: string, options?: MkdirOptions): Promise<void> {
    const taken = this.#take('mkdir', { path }, () => doors.mkdir(options))
    const recursive = taken.recursive === true
    return this.#call(commandOf('mkdir', path, recursive), taken, (dialog, session) =>
      makeFolder(session, dialog, path, recursive),
    )
  }

  async remove(path: string, options?: RemoveOptions): Promise<void> {
    const taken = this.#take('remove', { path }, () => doors.remove(options))
    const recursive = taken.recursive === true
    const verb = recursive ? transferOf('remove', path, false) : commandOf('remove', path, false)
    return this.#call(verb, taken, (dialog, session) =>
      recursive ? removeTree(session, dialog, path) : removeOne(session, dialog, path),
    )
  }

  async rename(from: string, to: string, options?: RenameOptions): Promise<void> {
    const taken = this.#take('rename', { from, to }, () => doors.rename(options))
    const replace = taken.replace === true
    return this.#call(commandOf('rename', from, false), taken, (dialog, session) =>
      renameOne(session, dialog, { from, to, replace }),
    )
  }

  async pwd(options?: CallOptions): Promise<string> {
    const taken = this.#take('pwd', {}, () => doors.pwd(options))
    return this.#call(commandOf('pwd', undefined, true), taken, (dialog, session) =>
      session.requireHome(dialog),
    )
  }

  async cd(path: string, options?: CallOptions): Promise<void> {
    const taken = this.#take('cd', { path }, () => doors.cd(options))
    return this.#call(commandOf('cd', path, false), taken, (dialog, session) =>
      session.enter(dialog, path),
    )
  }

  async command(line: string, options?: CommandOptions): Promise<CommandReply> {
    const taken = this.#take('command', { line }, () => doors.command(options))
    const { check = true } = taken
    return this.#call(commandOf('command', undefined, false), taken, (dialog, session) =>
      rawCommand(session, dialog, line, check),
    )
  }

  files(root = '.'): RemoteFiles {
    return new FtpFiles(this, root, this.#first.times.zone)
  }

  async close(options?: CloseOptions): Promise<void> {
    await this.#frame.close(doors.close(options), (op) => this.#sessions.quit(op))
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }

  /** A repeat looks first what the server has of the file: a reply may be lost behind the last byte. */
  #upload(
    operation: string,
    source: Source,
    path: string,
    options: UploadOptions,
  ): Promise<TransferResult> {
    const { begun, idempotent, next } = againOf(source, options)
    const plan = { ...planOf(source, path, options), begun, names: this.#sessions.names }
    return this.#call(transferOf(operation, path, idempotent), options, (dialog, session) =>
      uploadAs(session, dialog, plan, next()),
    )
  }

  async #send(
    verb: 'APPE' | 'STOU',
    source: Source,
    path: string,
    options: TransferOptions | undefined,
  ): Promise<TransferResult> {
    const operation = verb === 'APPE' ? 'append' : 'uploadUnique'
    const taken = this.#take(operation, verb === 'STOU' ? {} : { path }, () => {
      checkSource(source)
      return doors[operation](options)
    })
    return this.#call(transferOf(operation, path, false), taken, (dialog, session) =>
      upload(session, dialog, { ...planOf(source, path, taken), verb }),
    )
  }

  async #lines(
    operation: 'nlst' | 'listRaw',
    verb: 'NLST' | 'LIST',
    folder: string,
    options?: LinesOptions,
  ): Promise<readonly string[]> {
    const taken = this.#take(operation, { path: folder }, () => doors[operation](options))
    return this.#call(transferOf(operation, folder, true), taken, (dialog, session) =>
      listLines(session, dialog, { verb, folder, maxBytes: taken.maxBytes }),
    )
  }

  async *#read(
    path: string,
    options: ReadOptions | undefined,
    left: AbortController,
  ): AsyncGenerator<Uint8Array, void> {
    const taken = this.#take('read', { path }, () => doors.read(options))
    const { start = 0, end = Infinity } = taken
    const verb = transferOf('read', path, false)
    const call = joined(taken, left.signal)
    yield* handedOver(end - start, left, (sink) =>
      this.#call(verb, call, (dialog, session) =>
        download(session, dialog, { path, sink, resume: false, start }),
      ),
    )
  }

  async *#list(
    path: string,
    options: ListOptions | undefined,
    left: AbortController,
  ): AsyncGenerator<readonly FtpEntry[], void> {
    const taken = this.#take('list', { path }, () => doors.list(options))
    const flow = new ListingFlow()
    yield* flow.batches(this.#listOne('list', path, { ...joined(taken, left.signal), flow }), left)
  }

  async *#walk(
    path: string,
    options: ListOptions | undefined,
    left: AbortSignal,
  ): AsyncGenerator<readonly FtpEntry[], void> {
    const taken = this.#take('walk', { path }, () => doors.walk(options))
    const each = { hidden: true, ...joined(taken, left) }
    yield* walkFolders(path, (folder) => this.#listOne('walk', folder, each))
  }

  async #listOne(
    operation: 'list' | 'walk',
    target: string,
    options: ListOptions & Pick<ListingOptions, 'flow'>,
  ): Promise<Listing> {
    const verb = transferOf(operation, target, true)
    const listing = await this.#call(verb, options, (dialog, session) =>
      listFolder(session, dialog, target, options),
    )
    if (listing.incomplete) addContext(listing.incomplete, { protocol: 'ftp', operation, target })
    return listing
  }

  /** Checks the paths and whatever else the call was given, before anything is done. */
  #take<T>(call: string, paths: Readonly<Record<string, unknown>>, check: () => T): T {
    return takenBy(call, paths, this.#first.control.encoding, check)
  }

  #call<T>(
    verb: Verb,
    options: CallOptions,
    work: (dialog: Dialog, session: Session) => Promise<T>,
  ): Promise<T> {
    return this.#frame.call(verb, options, (op, attempt) => this.#sessions.use(op, attempt, work))
  }
}

/** What a client is besides its sessions. */
export interface ClientRules {
  readonly welcome: string
  readonly identity: ClientIdentity
  readonly user: string
  readonly connections: number
}
