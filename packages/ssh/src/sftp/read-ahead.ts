/*
 * Reads a file in order with many requests under way. Answers may come in any order and with less than was asked for; what
 * is missing is asked for again. It must not know where the bytes go.
 */

import { netError, stoppable, type Operation } from '@net/core/authoring'

import { DataMemory } from './data-memory.ts'
import type { FlowWindow } from './flow-window.ts'
import { STATUS } from './packets.ts'
import type { DataReply } from './replies.ts'
import { readRequest } from './requests.ts'
import { statusError, type Asked } from './sftp-error.ts'
import type { SftpSession } from './sftp-session.ts'

/** What is read of which file. */
export interface ReadPlan {
  readonly handle: Buffer
  readonly start: number
  /** The byte after the last that there should be; what is asked for behind it is asked for alone. */
  readonly end: number
  /** The most bytes of one request. */
  readonly block: number
  readonly asked: Asked
  /** Whether what `next` gives is used no more when it is called again. Default false: it belongs to who gets it. */
  readonly lends?: boolean | undefined
}

/** One read of a file from an offset on. */
export class ReadAhead {
  readonly #session: SftpSession
  readonly #op: Operation
  readonly #plan: ReadPlan
  readonly #window: FlowWindow
  readonly #memory: DataMemory
  readonly #slots: Slot[] = []
  #lent: readonly Buffer[] = []
  #next: number
  /** What is under way and was not given yet. */
  #held = 0
  #reserved = 0
  #wake: (() => void) | undefined
  #failure: Error | undefined
  #isOver = false

  constructor(session: SftpSession, op: Operation, plan: ReadPlan) {
    this.#session = session
    this.#op = op
    this.#plan = plan
    this.#next = plan.start
    this.#memory = new DataMemory(plan.block, plan.lends === true, session.spare)
    this.#window = session.windows.open(() => session.pipeline.trip)
  }

  /** Where the next bytes begin that will be asked for. */
  get position(): number {
    return this.#slots[0]?.offset ?? this.#next
  }

  /** The next bytes in order, as many as are there; undefined at the end of the file, or at `end`. */
  async next(): Promise<readonly Buffer[] | undefined> {
    this.#memory.giveBack(this.#lent)
    this.#lent = []
    for (;;) {
      if (this.#failure !== undefined) throw this.#failure
      this.#fill()
      const head = this.#slots[0]
      if (head === undefined) return undefined
      if (head.isDone) {
        this.#lent = this.#take()
        return this.#lent.length === 0 ? undefined : this.#lent
      }
      await stoppable(
        this.#op,
        new Promise<void>((resolve) => {
          this.#wake = resolve
        }),
      )
    }
  }

  /** The bytes behind `end`, one request at a time; undefined at the end of the file. */
  async beyond(): Promise<readonly Buffer[] | undefined> {
    const { block } = this.#plan
    const slot = new Slot(this.#next, block)
    await stoppable(this.#op, this.#ask(slot, true))
    this.#next += slot.received
    return slot.received === 0 ? undefined : slot.pieces
  }

  /** Whoever waits for bytes gets this. */
  stop(error: unknown): void {
    this.#failure ??= error as Error
    this.#wake?.()
  }

  /** Nothing is asked for any more. */
  end(): void {
    this.#isOver = true
    this.#session.windows.close(this.#window)
    this.#session.inflow.change(-this.#reserved)
    this.#reserved = 0
    this.#memory.end()
  }

  #fill(): void {
    const { end, block } = this.#plan
    this.#reserve()
    // Several requests leave as one, and each that leaves wakes the server.
    if (this.#window.size - this.#held < Math.min(this.#window.size / 4, TOGETHER)) return
    while (!this.#isOver && this.#next < end && this.#held + block <= this.#window.size) {
      const slot = new Slot(this.#next, Math.min(block, end - this.#next))
      this.#next += slot.length
      this.#held += slot.length
      this.#slots.push(slot)
      this.#ask(slot, false).then(this.#come, (error: unknown) => {
        this.#failure ??= error as Error
        this.#come()
      })
    }
  }

  readonly #come = (): void => {
    this.#wake?.()
    // The next requests leave before what has come is used.
    if (this.#failure === undefined) this.#fill()
  }

  /** The channel's own window must hold what was asked for. */
  #reserve(): void {
    if (this.#isOver) return
    const wanted = Math.min(this.#window.size, this.#plan.end - this.#plan.start)
    if (wanted === this.#reserved) return
    this.#session.inflow.change(wanted - this.#reserved)
    this.#reserved = wanted
  }

  /** Resolves when the slot has all that it is to have, or the file has ended in it. `once` is content with less. */
  async #ask(slot: Slot, once: boolean): Promise<void> {
    const { handle, asked } = this.#plan
    const { pipeline } = this.#session
    const { idle } = this.#op
    while (!slot.isDone) {
      const request = readRequest(handle, slot.offset + slot.received, slot.length - slot.received)
      const reply = await pipeline.ask(request, {
        memory: (length) => this.#memory.next(length),
        part: (length) => idle.moved(length),
      })
      if (reply.type === 'status' && reply.code === STATUS.EOF) {
        slot.isLast = true
        slot.isDone = true
        return
      }
      if (reply.type === 'status') throw statusError(reply, { ...asked, onHandle: true })
      if (reply.type !== 'data') throw this.#session.unexpected(reply, asked)
      this.#check(reply, slot)
      slot.take(reply)
      this.#window.moved(reply.length)
      if (once) slot.isDone = true
    }
  }

  #check({ length }: DataReply, slot: Slot): void {
    const most = slot.length - slot.received
    if (length > 0 && length <= most) return
    throw this.#session.pipeline.break(
      netError('NET_PROTO_UNEXPECTED', {
        message: `the server answered a request for ${most} bytes with ${length}`,
      }),
    )
  }

  /** All that is complete, up to the first that is not. */
  #take(): readonly Buffer[] {
    const taken: Buffer[] = []
    for (let head = this.#slots[0]; head?.isDone === true; head = this.#slots[0]) {
      this.#slots.shift()
      this.#held -= head.length
      taken.push(...head.pieces)
      if (head.isLast) {
        // Whatever is asked for behind the end says nothing.
        this.#slots.length = 0
        this.#next = head.offset + head.received
        this.#isOver = true
        break
      }
    }
    return taken
  }
}

/** A part of the file that is asked for. */
class Slot {
  readonly offset: number
  readonly length: number
  readonly pieces: Buffer[] = []
  received = 0
  isDone = false
  isLast = false

  constructor(offset: number, length: number) {
    this.offset = offset
    this.length = length
  }

  take({ pieces, length }: DataReply): void {
    this.pieces.push(...pieces)
    this.received += length
    if (this.received === this.length) this.isDone = true
  }
}

const TOGETHER = 1024 * 1024
