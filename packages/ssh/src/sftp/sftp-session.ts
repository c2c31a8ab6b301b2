/*
 * One SFTP session: what the server can do, and questions to it whose answers are of the kind that belongs to them. It must
 * not know what verbs callers have.
 */

import type { NetError } from '@net/core'
import { netError, stoppable, type Operation } from '@net/core/authoring'

import { FieldReader } from '../identity/wire.ts'
import { readLong, type SftpAttributes } from './attributes.ts'
import { SpareMemory } from './data-memory.ts'
import { FlowWindows } from './flow-window.ts'
import { Handles } from './handles.ts'
import { Inflow } from './inflow.ts'
import { nameBytes, nameText, type SftpEncoding } from './name-text.ts'
import { PACKET, STATUS } from './packets.ts'
import { PartsInUse, type PartFailed } from './parts-in-use.ts'
import type { Pipeline } from './pipeline.ts'
import type { NamedEntry, Reply } from './replies.ts'
import { extendedRequest, pathRequest, type Request } from './requests.ts'
import type { SftpChannel } from './sftp-channel.ts'
import { refusalOf, statusError, type Asked } from './sftp-error.ts'

/** How much a server takes at once. */
export interface ServerLimits {
  /** The most bytes of one READ. */
  readonly read: number
  /** The most bytes of one WRITE. */
  readonly write: number
}

/** What is known of a server, and how it is spoken to. */
export interface SessionRules {
  readonly encoding: SftpEncoding
  /** By their names, with their versions. */
  readonly extensions: ReadonlyMap<string, string>
  /** Its name and version for itself, as in `OpenSSH_9.9`. */
  readonly software: string
  readonly place: SftpPlace
  /** One more channel to the server for the time of one call; absent where there is none. */
  readonly beside?: ((op: Operation) => Promise<SftpChannel | undefined>) | undefined
}

/** Where relative paths begin; undefined for the folder of the login. */
export interface SftpPlace {
  folder: string | undefined
}

/** What all calls on one session share. */
interface Shared {
  readonly handles: Handles
  readonly inflow: Inflow
  /** Memory that reads have left. */
  readonly spare: SpareMemory
  readonly windows: FlowWindows
  readonly refused: Set<string>
  readonly parts: PartsInUse
  limits?: Promise<ServerLimits>
}

/** One session. */
export class SftpSession {
  readonly pipeline: Pipeline
  readonly rules: SessionRules
  /** Whether writes must come one after the other. */
  readonly writesInOrder: boolean
  /** Whether it empties each file that is opened to be written, so that nothing of one can be kept. */
  readonly opensEmpty: boolean
  /** Whether it is known to do one thing after the other, in the order in which it was asked. */
  readonly keepsOrder: boolean
  /**
   * Whether attributes are always those of what a link leads to, and relative targets of links come back with the folder of
   * the link in front.
   */
  readonly hidesLinks: boolean
  readonly #shared: Shared

  private constructor(pipeline: Pipeline, rules: SessionRules, shared: Shared) {
    this.pipeline = pipeline
    this.rules = rules
    this.#shared = shared
    this.writesInOrder = IN_ORDER.test(rules.software)
    this.opensEmpty = EMPTYING.test(rules.software)
    // What OpenSSH starts need not be its own server.
    this.keepsOrder = ORDERLY.test(rules.software) && rules.extensions.has('fsync@openssh.com')
    this.hidesLinks = HIDING_LINKS.test(rules.software)
  }

  /** The session over this pipeline. */
  static over(
    pipeline: Pipeline,
    rules: SessionRules,
    widen: (window: number) => void = () => {},
  ): SftpSession {
    const handles = new Handles(pipeline)
    const parts = new PartsInUse((part) => realFolderOf(part, pipeline, rules))
    const inflow = new Inflow(widen)
    const spare = new SpareMemory()
    const windows = new FlowWindows()
    const shared = { handles, inflow, spare, windows, refused: new Set<string>(), parts }
    return new SftpSession(pipeline, rules, shared)
  }

  get handles(): Handles {
    return this.#shared.handles
  }

  get inflow(): Inflow {
    return this.#shared.inflow
  }

  /** Memory that reads have left. */
  get spare(): SpareMemory {
    return this.#shared.spare
  }

  /** How much its reads may have under way. */
  get windows(): FlowWindows {
    return this.#shared.windows
  }

  /** The same session for one call, whose paths begin in the same place from its first request to its last. */
  within({ folder }: SftpPlace): SftpSession {
    return new SftpSession(this.pipeline, { ...this.rules, place: { folder } }, this.#shared)
  }

  /** Whether the server names the extension, and has not refused it. */
  has(extension: string): boolean {
    return this.rules.extensions.has(extension) && !this.#shared.refused.has(extension)
  }

  /** The server does not do that, whatever it says; it is not asked again. */
  refused(what: string): void {
    this.#shared.refused.add(what)
  }

  /** Whether `refused` was told so. */
  hasRefused(what: string): boolean {
    return this.#shared.refused.has(what)
  }

  /** A path as the server gets it. */
  path(text: string): Buffer {
    const { folder } = this.rules.place
    if (folder === undefined || text.startsWith('/')) return this.bytes(text)
    return this.bytes(folder.endsWith('/') ? `${folder}${text}` : `${folder}/${text}`)
  }

  /** Does the work that writes to a name until it is whole: see `PartsInUse`. */
  duringPart<T>(op: Operation, part: string, work: (failed: PartFailed) => Promise<T>): Promise<T> {
    return this.#shared.parts.during(op, this.text(this.path(part)), work)
  }

  /** Resolves when no part is left of a call that failed. Never rejects. */
  partsLeft(): Promise<void> {
    return this.#shared.parts.left()
  }

  bytes(text: string): Buffer {
    return nameBytes(text, this.rules.encoding)
  }

  text(bytes: Buffer): string {
    return nameText(bytes, this.rules.encoding)
  }

  /** How much the server takes at once: what it says, or what all must. */
  limits(): Promise<ServerLimits> {
    this.#shared.limits ??= this.#askLimits()
    return this.#shared.limits
  }

  /** Asks, unless the call was given up before; the answer to one that is given up later is dropped when it comes. */
  ask(op: Operation, request: Request): Promise<Reply> {
    return stoppable(op, () => this.pipeline.ask(request))
  }

  /** Resolves when the server has done it. Rejects with what it says otherwise. */
  async done(op: Operation, request: Request, asked: Asked): Promise<void> {
    const reply = await this.ask(op, request)
    if (reply.type !== 'status') throw this.unexpected(reply, asked)
    if (reply.code !== STATUS.OK) throw statusError(reply, asked)
  }

  async attributes(op: Operation, request: Request, asked: Asked): Promise<SftpAttributes> {
    const reply = await this.ask(op, request)
    if (reply.type === 'attributes') return reply.attributes
    throw this.#refusal(reply, asked)
  }

  /** The one name that is the answer to REALPATH and READLINK. */
  async name(op: Operation, request: Request, asked: Asked): Promise<string> {
    const reply = await this.ask(op, request)
    if (reply.type !== 'name') throw this.#refusal(reply, asked)
    const [first] = reply.entries
    if (first === undefined) throw this.unexpected(reply, asked)
    return this.text(first.name)
  }

  /** The next names of a folder; undefined behind the last. */
  async names(
    op: Operation,
    request: Request,
    asked: Asked,
  ): Promise<readonly NamedEntry[] | undefined> {
    const reply = await this.ask(op, request)
    if (reply.type === 'name') return reply.entries
    if (reply.type === 'status' && reply.code === STATUS.EOF) return undefined
    throw this.#refusal(reply, asked)
  }

  /** What an extension answers. */
  async extended(op: Operation, request: Request, asked: Asked): Promise<FieldReader> {
    const reply = await this.ask(op, request)
    if (reply.type === 'extended') return new FieldReader(reply.data)
    throw this.#refusal(reply, asked)
  }

  /** An answer of a kind that no request of that kind has: nothing that follows can be trusted. */
  unexpected({ type }: Reply, { what }: Asked): NetError {
    return this.pipeline.break(
      netError('NET_PROTO_UNEXPECTED', {
        message: `the server answered with ${type} where we had asked it to ${what}`,
      }),
    )
  }

  #refusal(reply: Reply, asked: Asked): NetError {
    if (reply.type !== 'status') return this.unexpected(reply, asked)
    if (reply.code !== STATUS.OK) return statusError(reply, asked)
    const why = 'it says that it is done, and gives no answer'
    return refusalOf(reply, asked, { name: 'NET_REPLY_PERMANENT', why })
  }

  async #askLimits(): Promise<ServerLimits> {
    if (!this.has(LIMITS)) return LEAST
    const reply = await this.pipeline.ask(extendedRequest(LIMITS))
    if (reply.type !== 'extended' || reply.data.length < 32) return LEAST
    const reader = new FieldReader(reply.data)
    const [, read, write, handles] = [0, 0, 0, 0].map(() => readLong(reader))
    // 0 says nothing. Two fewer than it allows, as OpenSSH counts its own as well.
    if (handles !== undefined && handles > 0) this.handles.atMost(handles)
    return { read: blockOf(read), write: blockOf(write) }
  }
}

/** By the name that the server has for it, or else its own. */
async function realFolderOf(
  part: string,
  pipeline: Pipeline,
  { encoding }: SessionRules,
): Promise<string> {
  const slash = part.lastIndexOf('/')
  const folder = slash < 0 ? '.' : part.slice(0, Math.max(1, slash))
  const request = pathRequest(PACKET.REALPATH, nameBytes(folder, encoding))
  const reply = await pipeline.ask(request)
  const found = reply.type === 'name' ? reply.entries[0]?.name : undefined
  return found === undefined ? folder : nameText(found, encoding)
}

function blockOf(told: number = 0): number {
  return told === 0 ? LEAST.read : Math.min(told, LARGEST)
}

/** Answers to writes that come out of order are errors there, and the file is empty (1.60.1, `serve sftp`). */
const IN_ORDER = /^rclone/i
/** 1.60.1 does, whatever the flags are; later ones do not, and cannot be told from it. */
const EMPTYING = /^rclone/i
/** Both start OpenSSH's server, which reads one request behind the other; so does that of ProFTPD. */
const ORDERLY = /^(openssh|dropbear|mod_sftp)/i
/** ProFTPD 1.3.8. */
const HIDING_LINKS = /^mod_sftp/i
const LIMITS = 'limits@openssh.com'
/** What every server must take (section 3 of the draft). */
const LEAST: ServerLimits = { read: 32_768, write: 32_768 }
/** As OpenSSH has it; more would make what waits for an answer larger and nothing faster. */
const LARGEST = 261_120
