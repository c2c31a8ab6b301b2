/*
 * Writes a file with many requests under way: each block is in memory once, with room in front for what the request needs,
 * and is used again when it has left. The first refusal ends it. It must not know where the bytes come from.
 */

import type { NetError } from '@net/core'
import { clock, stoppable, type Operation } from '@net/core/authoring'

import { STATUS } from './packets.ts'
import type { Pipeline } from './pipeline.ts'
import type { Reply } from './replies.ts'
import { writeHeadLength, writePacket } from './requests.ts'
import { statusError, type Asked } from './sftp-error.ts'
import type { SftpSession } from './sftp-session.ts'

/** What is written to which file. */
export interface WritePlan {
  readonly handle: Buffer
  /** Where the first byte goes. */
  readonly start: number
  /** The most bytes of one request. */
  readonly block: number
  readonly asked: Asked
  /** Called with the length of each block that the server has. */
  readonly written?: ((length: number) => void) | undefined
  /** Called with what ends it, as it may be the source that is waited for. */
  readonly refused?: ((error: NetError) => void) | undefined
}

/** A road for writes to the file: a handle of its own on a channel. */
export interface WriteLane {
  readonly pipeline: Pipeline
  readonly handle: Buffer
}

/** With how many bytes are under way on it. */
interface LaneInUse {
  readonly lane: WriteLane
  underWay: number
}

/** Writes one file from an offset on. */
export class WriteBehind {
  readonly #session: SftpSession
  readonly #op: Operation
  readonly #plan: WritePlan
  readonly #head: number
  readonly #lanes: LaneInUse[]
  readonly #free: Buffer[] = []
  #lent: Buffer | undefined
  /** The blocks in order, each with whether it is there. */
  readonly #blocks: { readonly end: number; isThere: boolean }[] = []
  /** Those that have not come, each with the road that it takes. */
  readonly #replies = new Map<Promise<Reply>, WriteLane>()
  #made = 0
  #step = FIRST_STEP
  #position: number
  #gapless: number
  #underWay = 0
  #failure: NetError | undefined
  #wake: (() => void) | undefined

  constructor(session: SftpSession, op: Operation, plan: WritePlan) {
    this.#session = session
    this.#op = op
    this.#plan = plan
    this.#head = writeHeadLength(plan.handle)
    const lane = { pipeline: session.pipeline, handle: plan.handle }
    this.#lanes = [{ lane, underWay: 0 }]
    this.#position = plan.start
    this.#gapless = plan.start
  }

  /** Up to where the file has all bytes for certain. */
  get gapless(): number {
    return this.#gapless
  }

  /** Where the next byte goes. */
  get position(): number {
    return this.#position
  }

  /** Writes go over this one as well. */
  add(lane: WriteLane): void {
    // The room in front of each block is for a handle of one length.
    if (lane.handle.length === this.#plan.handle.length) this.#lanes.push({ lane, underWay: 0 })
  }

  /** Nothing more goes over this one; resolves when nothing is under way on it. */
  async drop(lane: WriteLane): Promise<void> {
    const at = this.#lanes.findIndex((each) => each.lane === lane)
    if (at > 0) this.#lanes.splice(at, 1)
    await this.settled(lane)
  }

  /** Memory for the next block; resolves when there is some. Rejects with the first refusal. */
  async room(): Promise<Uint8Array> {
    const most = this.#session.writesInOrder ? 1 : MOST_UNDER_WAY
    while (this.#free.length === 0 || this.#underWay >= most) {
      if (this.#failure !== undefined) throw this.#failure
      if (this.#underWay < most && this.#made < BLOCKS * this.#lanes.length) {
        this.#made += 1
        this.#free.push(Buffer.allocUnsafeSlow(this.#head + this.#plan.block))
      } else {
        await this.#change()
      }
    }
    if (this.#failure !== undefined) throw this.#failure
    this.#lent = this.#free.pop()
    return this.#lent?.subarray(this.#head, this.#head + this.#step) ?? NOTHING
  }

  /** Writes the first so many bytes of the memory that `room` gave. */
  write(length: number): void {
    const memory = this.#lent
    if (memory === undefined) return
    this.#lent = undefined
    const lane = this.#lanes.reduce((least, each) =>
      each.underWay < least.underWay ? each : least,
    )
    const { pipeline, handle } = lane.lane
    lane.underWay += length
    const offset = this.#position
    this.#position += length
    this.#underWay += 1
    const block = { end: this.#position, isThere: false }
    this.#blocks.push(block)
    const { id, reply } = pipeline.expect()
    this.#replies.set(reply, lane.lane)
    const sent = clock().now()
    const packet = writePacket(memory, this.#head, { id, handle, offset, length })
    pipeline.send(packet).then(
      () => {
        this.#free.push(memory)
        this.#changed()
      },
      (error: NetError) => this.#failed(error),
    )
    reply.then(
      (answer) => {
        this.#replies.delete(reply)
        lane.underWay -= length
        // On a road where each takes long, small ones show that it moves.
        if (clock().now() - sent < SOON) this.#step = Math.min(this.#step * 2, this.#plan.block)
        this.#answered(answer, block, length)
      },
      (error: NetError) => this.#failed(error),
    )
  }

  /** So many bytes are left out: where nothing was written, a file has zeros. */
  skip(length: number): void {
    if (this.#lent !== undefined) this.#free.push(this.#lent)
    this.#lent = undefined
    this.#position += length
    this.#blocks.push({ end: this.#position, isThere: true })
    this.#advance()
  }

  /** Resolves when the server has all. Rejects with the first refusal. */
  async finish(): Promise<void> {
    while (this.#underWay > 0 && this.#failure === undefined) await this.#change()
    if (this.#failure !== undefined) throw this.#failure
  }

  /** Resolves when nothing is under way any more, on this road or on any, whatever became of it. */
  async settled(lane?: WriteLane): Promise<void> {
    const replies = [...this.#replies].filter(([, road]) => lane === undefined || road === lane)
    await Promise.allSettled(replies.map(([reply]) => reply))
  }

  #answered(reply: Reply, block: { isThere: boolean }, length: number): void {
    this.#underWay -= 1
    const { asked, written } = this.#plan
    if (reply.type !== 'status') {
      this.#failed(this.#session.unexpected(reply, asked))
    } else if (reply.code !== STATUS.OK) {
      this.#failed(statusError(reply, { ...asked, onHandle: true }))
    } else {
      block.isThere = true
      this.#advance()
      written?.(length)
      this.#changed()
    }
  }

  #advance(): void {
    for (let first = this.#blocks[0]; first?.isThere === true; first = this.#blocks[0]) {
      this.#gapless = first.end
      this.#blocks.shift()
    }
  }

  #failed(error: NetError): void {
    this.#failure ??= error
    this.#plan.refused?.(this.#failure)
    this.#changed()
  }

  #change(): Promise<void> {
    this.#op.idle.start()
    return stoppable(
      this.#op,
      new Promise<void>((resolve) => {
        this.#wake = resolve
      }),
    )
  }

  #changed(): void {
    this.#wake?.()
  }
}

/** As many as OpenSSH's own client has. */
const MOST_UNDER_WAY = 64
/** While one is read, one leaves and one waits. */
const BLOCKS = 4
const FIRST_STEP = 65_536
/** In milliseconds. */
const SOON = 5000
const NOTHING = new Uint8Array(0)
