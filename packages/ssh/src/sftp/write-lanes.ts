/*
 * Further channels for one upload: a server takes only so much ahead on each, which over a long road is little. It must not know
 * what is written.
 */

import { netError, stoppable, type Operation } from '@net/core/authoring'

import { OPEN_FLAG, PACKET, STATUS } from './packets.ts'
import type { Reply } from './replies.ts'
import { handleRequest, openRequest } from './requests.ts'
import type { SftpChannel } from './sftp-channel.ts'
import { statusError } from './sftp-error.ts'
import type { SftpSession } from './sftp-session.ts'
import type { WriteBehind } from './write-behind.ts'

interface Lane {
  readonly channel: SftpChannel
  readonly handle: Buffer
}

/** The further channels of one upload. */
export class WriteLanes {
  readonly #session: SftpSession
  readonly #op: Operation
  readonly #path: string
  readonly #lanes: Lane[] = []
  #isOver = false

  constructor(session: SftpSession, op: Operation, path: string) {
    this.#session = session
    this.#op = op
    this.#path = path
  }

  /** Opens them one after the other, as many as the server lets it, and leads writes over them. Never rejects. */
  async lead(writing: WriteBehind): Promise<void> {
    for (let at = 0; at < MOST && !this.#isOver; at++) {
      const lane = await this.#open().catch(() => undefined)
      if (lane === undefined) return
      if (this.#isOver) {
        closed(lane).catch(() => {})
        return
      }
      this.#lanes.push(lane)
      writing.add({ pipeline: lane.channel.pipeline, handle: lane.handle })
    }
  }

  /** All is written: closes them. Rejects with what the server says to that. */
  async close(): Promise<void> {
    this.#isOver = true
    const asked = { what: `finish ${this.#path}`, onHandle: true }
    await Promise.all(
      this.#lanes.splice(0).map(async (lane) => {
        const reply = await stoppable(this.#op, closed(lane))
        if (reply.type !== 'status') throw this.#session.unexpected(reply, asked)
        if (reply.code !== STATUS.OK) throw statusError(reply, asked)
      }),
    )
  }

  /** Lets them go as they are. */
  cut(): void {
    this.#isOver = true
    for (const { channel } of this.#lanes.splice(0)) {
      channel.cut(netError('NET_CLOSED', { message: 'the upload was given up' }))
    }
  }

  async #open(): Promise<Lane | undefined> {
    const channel = await this.#session.rules.beside?.(this.#op)
    if (channel === undefined) return undefined
    const request = openRequest(this.#session.path(this.#path), { flags: OPEN_FLAG.WRITE })
    const reply = await stoppable(this.#op, channel.pipeline.ask(request)).catch(() => undefined)
    if (reply?.type === 'handle') return { channel, handle: reply.handle }
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
