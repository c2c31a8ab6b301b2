/*
 * What is open on the server: files and folders by their handles. Each is closed once, also when the call that opened it
 * was given up before it had the handle. It must not know what is done with them.
 */

import { netError, stoppable, WaitList, type Operation } from '@net/core/authoring'

import { PACKET, STATUS } from './packets.ts'
import type { Pipeline } from './pipeline.ts'
import type { Reply } from './replies.ts'
import { handleRequest, type Request } from './requests.ts'
import { refusalOf, saidBy, SftpError, statusError, type Asked } from './sftp-error.ts'

/** How something is opened. */
export interface OpenRules extends Asked {
  /**
   * Waits for others to be closed where the server refuses: it may allow few at once, and say no more than "denied". Not
   * for calls of the caller's own, who may hold what would have to be closed.
   */
  readonly isPatient?: boolean | undefined
}

/** The handles of one session. */
export class Handles {
  readonly #pipeline: Pipeline
  readonly #open = new Set<OpenHandle>()
  readonly #waiting = new WaitList<undefined>({
    what: 'a file to be closed, as the server opens no more at once',
    code: 'NET_TIMEOUT_POOL',
  })
  #count = 0
  #most = Infinity

  constructor(pipeline: Pipeline) {
    this.#pipeline = pipeline
  }

  /** How many are open or being opened. */
  get count(): number {
    return this.#count
  }

  /** From here on so many are open at once. */
  atMost(count: number): void {
    this.#most = Math.max(1, count)
    this.#next()
  }

  /** Opens by the request. Rejects with what the server says, and with what stops the operation. */
  async open(op: Operation, request: Request, rules: OpenRules): Promise<OpenHandle> {
    const others = this.#count
    try {
      return await this.#try(op, request, rules)
    } catch (error) {
      if (!isPerhapsTooMany(error) || others === 0) throw error
      if (rules.isPatient !== true) throw withCount(error, rules, others)
    }
    const before = this.#most
    // Alone, behind those that came before.
    this.#most = 1
    try {
      const opened = await this.#try(op, request, rules)
      this.#most = Math.min(before, others)
      return opened
    } catch (error) {
      this.#most = before
      throw error
    } finally {
      this.#next()
    }
  }

  /** Closes all that are open; resolves when the server has answered. */
  async closeAll(): Promise<void> {
    await Promise.all([...this.#open].map((each) => each.release()))
  }

  async #try(op: Operation, request: Request, rules: OpenRules): Promise<OpenHandle> {
    await this.#place(op)
    const asked = this.#pipeline.ask(request)
    let isStopped = false
    try {
      const reply = await stoppable(op, asked, () => {
        isStopped = true
        // The call was given up, and the handle is still to come.
        void asked.then((late) => {
          if (late.type === 'handle') void this.#opened(late.handle).release()
          else this.#left()
        }, this.#left)
      })
      return this.#handleOf(reply, rules)
    } catch (error) {
      if (!isStopped) this.#left()
      throw error
    }
  }

  #handleOf(reply: Reply, rules: OpenRules): OpenHandle {
    if (reply.type === 'handle') return this.#opened(reply.handle)
    if (reply.type === 'status') throw statusError(reply, { ...rules, opens: true })
    throw this.#pipeline.break(
      netError('NET_PROTO_UNEXPECTED', {
        message: `the server answered with ${reply.type} where it was to open something`,
      }),
    )
  }

  #opened(handle: Buffer): OpenHandle {
    const opened = new OpenHandle(this.#pipeline, handle, () => {
      this.#open.delete(opened)
      this.#left()
    })
    this.#open.add(opened)
    return opened
  }

  async #place(op: Operation): Promise<void> {
    if (this.#count >= this.#most) await this.#waiting.waitFor(op, undefined)
    else this.#count += 1
  }

  readonly #left = (): void => {
    this.#count -= 1
    this.#next()
  }

  #next(): void {
    while (this.#count < this.#most) {
      const next = this.#waiting.shift()
      if (next === undefined) return
      this.#count += 1
      next.grant(undefined)
    }
  }
}

/** Something that is open. */
export class OpenHandle {
  /** As the server calls it. */
  readonly id: Buffer
  readonly #pipeline: Pipeline
  readonly #closed: () => void
  #closing: Promise<Reply> | undefined

  constructor(pipeline: Pipeline, id: Buffer, closed: () => void) {
    this.#pipeline = pipeline
    this.id = id
    this.#closed = closed
  }

  /** Whether it was closed. */
  get isClosed(): boolean {
    return this.#closing !== undefined
  }

  /** Closes it. Rejects with what the server says to it, as those do that keep files elsewhere and decide at the end. */
  async commit(op: Operation, asked: Asked): Promise<void> {
    const reply = await stoppable(op, this.#close())
    if (reply.type !== 'status' || reply.code !== STATUS.OK) {
      throw reply.type === 'status'
        ? statusError(reply, { ...asked, onHandle: true })
        : this.#pipeline.break(
            netError('NET_PROTO_UNEXPECTED', {
              message: `the server answered with ${reply.type} where it was to close a file`,
            }),
          )
    }
  }

  /** Closes it, whatever the server says; never rejects. */
  async release(): Promise<void> {
    await this.#close().catch(() => {})
  }

  #close(): Promise<Reply> {
    if (this.#closing === undefined) {
      this.#closing = this.#pipeline.ask(handleRequest(PACKET.CLOSE, this.id))
      this.#closing.then(this.#closed, this.#closed)
    }
    return this.#closing
  }
}

function isPerhapsTooMany(error: unknown): error is SftpError {
  if (!(error instanceof SftpError)) return false
  return error.status === STATUS.PERMISSION_DENIED || error.status === STATUS.FAILURE
}

function withCount(error: SftpError, rules: OpenRules, count: number): SftpError {
  const { code: name } = error
  const denied = name === 'NET_ACCESS_DENIED' ? 'access is denied' : 'it failed'
  const why = `${denied}, and ${count} ${count === 1 ? 'is' : 'are'} open, which may be all that it allows`
  return refusalOf(saidBy(error), rules, { name, why })
}
