/*
 * Further channels for one upload: a server takes only so much ahead on each, which over a long road is little. It must not know
 * what is written.
 */

import { netError, stoppable, type Operation } from '@net/core/authoring'
import { handled } from '@net/socket/authoring'

import { OPEN_FLAG, PACKET, STATUS } from './packets.ts'
import type { Reply } from './replies.ts'
import { handleRequest, openRequest } from './requests.ts'
import type { SftpChannel } from './sftp-channel.ts'
import { statusError } from './sftp-error.ts'
import type { SftpSession } from './sftp-session.ts'
import type { WriteBehind, WriteLane } from './write-behind.ts'

interface Lane extends WriteLane {
  readonly channel: SftpChannel
}

/** The further channels of one upload. */
export class WriteLanes {
  readonly #session: SftpSession
  readonly #op: Operation
  readonly #path: string
  readonly #writing: WriteBehind
  readonly #lanes = new Set<Lane>()
  /** Those that have given way to a call, each with the end of its file. */
  readonly #left = new Map<Lane, Promise<void>>()
  #isOver = false

  constructor(session: SftpSession, op: Operation, path: string, writing: WriteBehind) {
    this.#session = session
    this.#op = op
    this.#path = path
    this.#writing = writing
  }

  /** Opens them one after the other, as many as the server lets it, and leads writes over them. Never rejects. */
  async lead(): Promise<void> {
    while (this.#lanes.size < MOST && !this.#isOver) {
      const lane = await this.#open().catch(() => undefined)
      if (lane === undefined) return
      if (this.#isOver) {
        closed(lane).catch(() => {})
        return
      }
      this.#lanes.add(lane)
      this.#writing.add(lane)
      void lane.channel.wanted.then(() => this.#giveWay(lane))
    }
  }

  /** All is written: closes them. Rejects with what the server says to that. */
  async close(): Promise<void> {
    const lanes = this.#over()
    const closing = lanes.map((lane) => this.#finish(lane))
    await stoppable(this.#op, Promise.all([...closing, ...this.#left.values()]))
  }

  /** Lets them go behind what is under way; resolves when nothing can be written over them any more. Never rejects. */
  async leave(): Promise<void> {
    const lanes = this.#over()
    await this.#writing.settled()
    const closing = lanes.map((lane) => [lane, closed(lane)] as const)
    await Promise.all(
      // One whose answers will not come may still be writing.
      [...closing, ...this.#left].map(([lane, end]) => end.catch(() => lane.channel.gone)),
    )
  }

  #over(): readonly Lane[] {
    this.#isOver = true
    const lanes = [...this.#lanes]
    this.#lanes.clear()
    return lanes
  }

  /** A call waits for the place of this one. */
  #giveWay(lane: Lane): void {
    this.#isOver = true
    if (!this.#lanes.delete(lane)) return
    const answered = this.#writing.drop(lane)
    this.#left.set(lane, handled(answered.then(() => this.#finish(lane))))
  }

  async #finish(lane: Lane): Promise<void> {
    const asked = { what: `finish ${this.#path}`, onHandle: true }
    const reply = await closed(lane)
    if (reply.type !== 'status') throw this.#session.unexpected(reply, asked)
    if (reply.code !== STATUS.OK) throw statusError(reply, asked)
  }

  async #open(): Promise<Lane | undefined> {
    const channel = await this.#session.rules.beside?.(this.#op)
    if (channel === undefined) return undefined
    const request = openRequest(this.#session.path(this.#path), { flags: OPEN_FLAG.WRITE })
    const reply = await stoppable(this.#op, channel.pipeline.ask(request)).catch(() => undefined)
    if (reply?.type === 'handle') {
      return { channel, pipeline: channel.pipeline, handle: reply.handle }
    }
    channel.cut(netError('NET_CLOSED', { message: 'the server opens the file once only' }))
    return undefined
  }
}

/** Closes the file, then the channel; resolves to the answer to the first. */
async function closed({ channel, handle }: Lane): Promise<Reply> {
  const reply = await channel.pipeline.ask(handleRequest(PACKET.CLOSE, handle))
  void channel.end()
  return reply
}

/** Whether an upload of so many bytes to a name of its own is worth further channels: over a long road, at a server that bears it. */
export function needsLanes({ rules, pipeline }: SftpSession, size: number | undefined): boolean {
  if (rules.beside === undefined || !BEARS.test(rules.software)) return false
  return pipeline.trip > FAR && (size ?? 0) >= LARGE
}

const BEARS = /^OpenSSH_\d/
const MOST = 3
/** In milliseconds. */
const FAR = 25
const LARGE = 8 * 1024 * 1024
