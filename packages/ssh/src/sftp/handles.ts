/*
 * What is open on the server: files and folders by their handles. Each is closed once, also when the call that opened it
 * was given up before it had the handle. It must not know what is done with them.
 */

import { isNetError } from '@net/core'
import { netError, stoppable, type Operation } from '@net/core/authoring'

import { HandlePlaces, type HandlePlace } from './handle-places.ts'
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
  /** How many places it takes: 2 with one for what is opened next, which then takes 0. Default 1. */
  readonly places?: 0 | 1 | 2 | undefined
  /** Called where the call is stopped before the answer: with whether it was opened all the same, and is closed. Never rejects. */
  readonly abandoned?: ((late: Promise<boolean>) => void) | undefined
}

/** The handles of one session. */
export class Handles {
  readonly #pipeline: Pipeline
  readonly #open = new Set<OpenHandle>()
  readonly #places = new HandlePlaces()

  constructor(pipeline: Pipeline) {
    this.#pipeline = pipeline
  }

  /** The server says how many it opens at once. */
  atMost(count: number): void {
    this.#places.told(count)
  }

  /** Opens by the request. Rejects with what the server says, and with what stops the operation. */
  async open(op: Operation, request: Request, rules: OpenRules): Promise<OpenHandle> {
    const places = this.#places
    const others = places.count
    try {
      return await this.#try(op, request, rules)
    } catch (error) {
      // Where the server says how many it opens, there are never more.
      if (!isPerhapsTooMany(error) || others === 0 || places.isTold) throw error
      if (rules.isPatient !== true) throw withCount(error, rules, others)
      return this.#openAlone(op, request, rules, { error, others })
    }
  }

  /** Asks once more, behind those that came before, when no other is open but those that the caller holds. */
  async #openAlone(
    op: Operation,
    request: Request,
    rules: OpenRules,
    { error, others }: { error: SftpError; others: number },
  ): Promise<OpenHandle> {
    const goOn = this.#places.oneByOne()
    try {
      const opened = await this.#try(op, request, rules)
      this.#places.learnt(others)
      return opened
    } catch (again) {
      // The others are open for long: then it is as the server has said at first.
      if (isNetError(again) && again.code === 'NET_TIMEOUT_POOL') {
        throw withCount(error, rules, others)
      }
      throw again
    } finally {
      goOn()
    }
  }

  /** Closes all that are open; resolves when the server has answered. */
  async closeAll(): Promise<void> {
    await Promise.all([...this.#open].map((each) => each.release()))
  }

  async #try(op: Operation, request: Request, rules: OpenRules): Promise<OpenHandle> {
    const place = { size: rules.places ?? 1, isPatient: rules.isPatient === true }
    // With none the opening before has left one.
    const taken = { ...place, size: Math.max(1, place.size) }
    if (place.size > 0) await this.#places.take(op, place)
    let asked: Promise<Reply> | undefined
    let isStopped = false
    const ask = (): Promise<Reply> => (asked = this.#pipeline.ask(request))
    try {
      const reply = await stoppable(op, ask, () => {
        // Of what was not asked nothing comes later.
        if (asked === undefined) return
        isStopped = true
        const late = this.#late(asked, taken)
        rules.abandoned?.(late)
      })
      return this.#handleOf(reply, rules, taken.isPatient)
    } catch (error) {
      if (!isStopped) this.#places.leave(taken)
      throw error
    }
  }

  /** The call was given up, and the handle is still to come. */
  async #late(asked: Promise<Reply>, taken: HandlePlace): Promise<boolean> {
    const reply = await asked.catch(() => undefined)
    if (reply?.type !== 'handle') {
      this.#places.leave(taken)
      return false
    }
    // Nothing follows that would take the other place.
    if (taken.size > 1) this.#places.leave({ ...taken, size: taken.size - 1 })
    void this.#opened(reply.handle, taken.isPatient).release()
    return true
  }

  #handleOf(reply: Reply, rules: OpenRules, isPatient: boolean): OpenHandle {
    if (reply.type === 'handle') return this.#opened(reply.handle, isPatient)
    if (reply.type === 'status') throw statusError(reply, { ...rules, opens: true })
    throw this.#pipeline.break(
      netError('NET_PROTO_UNEXPECTED', {
        message: `the server answered with ${reply.type} where it was to open something`,
      }),
    )
  }

  #opened(handle: Buffer, isPatient: boolean): OpenHandle {
    const opened = new OpenHandle(this.#pipeline, handle, () => {
      this.#open.delete(opened)
      this.#places.leave({ size: 1, isPatient })
    })
    this.#open.add(opened)
    return opened
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
