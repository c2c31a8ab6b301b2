/* An SFTP server as what a subsystem of the embedded server runs, and where its faults strike. */

import { clock } from '@net/core/authoring'

import { uint32 } from '../../identity/wire.ts'
import { PACKET } from '../../sftp/packets.ts'
import { packetOf } from '../../sftp/requests.ts'
import type { ExecExit, ExecIo } from '../exec-handlers.ts'
import { dataAnswer, statusAnswer, versionPacket, type SftpAnswer } from './sftp-answers.ts'
import type { SftpFaultAction, SftpFaults } from './sftp-faults.ts'
import { SftpService, type ServedRequest, type ServiceRules } from './sftp-service.ts'
import type { SftpStore } from './sftp-store.ts'

/** What a subsystem serves. */
export interface SubsystemPlan {
  readonly store: SftpStore
  readonly rules: ServiceRules
  readonly version: number
  readonly faults: SftpFaults
  /** Answers requests in whatever order, as servers do that work on several at once. */
  readonly shuffles: boolean
  received(line: string): void
  /** How many files and folders the client has left open. */
  left(open: number): void
}

/** Serves one channel until the client ends it. */
export async function serveSftp(plan: SubsystemPlan, io: ExecIo): Promise<ExecExit> {
  const served = new ServedChannel(plan, io)
  return served.serve()
}

class ServedChannel {
  readonly #plan: SubsystemPlan
  readonly #io: ExecIo
  readonly #service: SftpService
  readonly #dropped: PromiseWithResolvers<void> = Promise.withResolvers()
  #turn: Promise<void> = Promise.resolve()
  #isStalled = false
  #isDropped = false

  constructor(plan: SubsystemPlan, io: ExecIo) {
    this.#plan = plan
    this.#io = io
    this.#service = new SftpService(plan.store, plan.rules, {
      init: () => this.#inTurn(() => this.#begin()),
      request: (request) => {
        plan.received(request.line)
        const work = (): Promise<void> => this.#serve(request)
        if (plan.shuffles) void work()
        else this.#inTurn(work)
      },
    })
  }

  async serve(): Promise<ExecExit> {
    const ended = this.#readAll()
    await Promise.race([ended, this.#dropped.promise])
    if (!this.#isDropped) await this.#turn
    this.#plan.left(this.#service.open)
    await this.#service.end()
    return this.#isDropped ? FAILED : 0
  }

  async #readAll(): Promise<void> {
    for await (const chunk of this.#io.stdin) this.#service.feed(Buffer.from(chunk))
  }

  #inTurn(work: () => Promise<void>): void {
    this.#turn = this.#turn.then(work)
  }

  async #begin(): Promise<void> {
    const { version, rules, faults } = this.#plan
    const action = faults.at('INIT')
    if (action !== undefined && (await this.#strike(action))) return
    await this.#send(versionPacket(version, rules.extensions))
  }

  async #serve(request: ServedRequest): Promise<void> {
    const action = this.#plan.faults.at(request.line)
    if (action === undefined) {
      await this.#send(packetOf(request.id, await request.answer()))
      return
    }
    if (await this.#strike(action)) return
    await this.#sendWrong(request, action)
  }

  /** Whether nothing follows. */
  async #strike(action: SftpFaultAction): Promise<boolean> {
    if (action === 'drop') {
      this.#isDropped = true
      this.#dropped.resolve()
    }
    if (action === 'garbage') await this.#send(Buffer.alloc(64, 0xa5))
    if (action === 'stall') this.#isStalled = true
    if (typeof action === 'object' && 'delay' in action) {
      await new Promise<void>((resolve) => {
        clock().after(action.delay, resolve)
      })
    }
    return action === 'drop' || action === 'garbage' || action === 'stall'
  }

  async #sendWrong(request: ServedRequest, action: SftpFaultAction): Promise<void> {
    const { id, length } = request
    if (typeof action === 'object' && 'status' in action) {
      await this.#send(packetOf(id, statusAnswer(action.status, action.text ?? '')))
      return
    }
    if (action === 'forgets') {
      await this.#send(packetOf(id, statusAnswer(0, 'Success')))
      return
    }
    const answer = await request.answer()
    if (action === 'loses') return
    const wrong = typeof action === 'string' ? WRONG[action] : undefined
    const packet = packetOf(
      action === 'wrong-id' ? id + 1_000_000 : id,
      wrong?.(answer, length) ?? answer,
    )
    await this.#send(packet)
    if (action === 'twice') await this.#send(packet)
  }

  async #send(packet: Uint8Array): Promise<void> {
    if (!this.#isStalled && !this.#isDropped) await this.#io.stdout.write(packet)
  }
}

const WRONG: Readonly<Record<string, (answer: SftpAnswer, length: number) => SftpAnswer>> = {
  empty: () => dataAnswer(new Uint8Array(0)),
  long: (_, length) => dataAnswer(new Uint8Array(length + 1)),
  short: ({ type, body }) =>
    type === PACKET.DATA ? dataAnswer(body.subarray(4, 5)) : { type, body },
  cut: ({ type, body }) => ({ type, body: body.subarray(0, Math.min(3, body.length)) }),
  kind: () => ({ type: PACKET.HANDLE, body: Buffer.concat([uint32(1), Buffer.from('x')]) }),
}
const FAILED = 255
