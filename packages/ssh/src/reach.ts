/*
 * From a plan to a connection whose host key is trusted: the road, the server's first words, the key exchange with the
 * check of the key. It must not know who logs in.
 */

import type { Duplex } from 'node:stream'

import { isNetError } from '@net/core'
import { isCallerFault, type Operation } from '@net/core/authoring'
import type { ConnectionInfo, Transport } from '@net/socket'

import type { Algorithms } from './algorithm-names.ts'
import { offer, offerOnly, otherHostKeys } from './algorithms.ts'
import type { ConnectionPlan } from './connection-plan.ts'
import { startSession, type KeyExchange, type SshSession } from './engine/ssh2.ts'
import type { HostKey } from './host-keys/host-key.ts'
import { agentStream } from './identity/agent.ts'
import type { HostKeyCheck, HostKeyLearning, HostKeyVerdict } from './host-keys/policy.ts'

/** A connection whose host key is trusted, before any login. */
export interface Reached extends KeyExchange {
  readonly session: SshSession
  readonly info: ConnectionInfo
  /** The server's name and version for itself. */
  readonly software: string
  /** What the server has shown so far. */
  banner(): string
  /** What the policy does with further keys. */
  readonly learn: HostKeyLearning | undefined
  /** The keys that the server says it has, in wire format; never, if it does not say. */
  readonly announced: Promise<readonly Uint8Array[]>
}

interface ReachCall<T> {
  readonly plan: ConnectionPlan
  readonly op: Operation
  readonly enter: (reached: Reached) => Promise<T>
}

/**
 * Dials and shakes hands, again for another key of the server's where the policy knows one; `enter` gets a connection whose
 * key is trusted. Rejects with what went wrong, and leaves nothing open then.
 */
export async function reach<T>(
  plan: ConnectionPlan,
  op: Operation,
  enter: (reached: Reached) => Promise<T>,
): Promise<T> {
  const check = await plan.hostKeys.open({ ...plan.host, signal: op.signal })
  const call = { plan, op, enter }
  const { localAddress } = plan
  const dial = { ...op.within, ...(localAddress === undefined ? {} : { localAddress }) }
  let algorithms = offer(check, plan.algorithms)
  const seen: string[] = []
  for (;;) {
    const trust = new Trust(check)
    try {
      return await handshake(
        await plan.dialer.dial(plan.endpoint, dial),
        { trust, algorithms },
        call,
      )
    } catch (error) {
      const others = trust.otherKeys(error, seen, plan.algorithms)
      if (others.length === 0) throw error
      algorithms = offerOnly(others, plan.algorithms)
    }
  }
}

async function handshake<T>(
  transport: Transport,
  { trust, algorithms }: { readonly trust: Trust; readonly algorithms: Algorithms },
  { plan, op, enter }: ReachCall<T>,
): Promise<T> {
  const banner: string[] = []
  const announced = Promise.withResolvers<readonly Uint8Array[]>()
  const session = await startSession(transport, {
    user: plan.login.user,
    algorithms,
    keepAlive: plan.keepAlive,
    rekey: plan.rekey,
    compress: plan.compress,
    variables: plan.variables,
    reachAgent: agentRoad(plan, op),
    onHostKeys: (blobs) => announced.resolve(blobs),
    checkHostKey: (key, offered) => trust.check(key, offered),
    onBanner: (text) => {
      op.wire('receive', () => text)
      if (banner.length < MOST_BANNERS) banner.push(text)
    },
  })
  const forget = op.onAbort((reason) => session.abort(reason))
  try {
    const steps = await shakeHands(session, op)
    await trust.settle(op)
    const info = { ...transport.info, encrypted: true }
    const { learn } = trust
    return await enter({
      session,
      info,
      banner: () => banner.join(''),
      learn,
      announced: announced.promise,
      ...steps,
    })
  } catch (error) {
    session.abort(error as Error)
    throw trust.fault ?? error
  } finally {
    forget()
  }
}

function agentRoad({ agent }: ConnectionPlan, op: Operation): (() => Promise<Duplex>) | undefined {
  if (agent === undefined) return undefined
  op.warn('the server may use the keys of the agent while this connection lasts')
  return () => agentStream(agent)
}

/** From the first byte to the end of the key exchange. */
export async function shakeHands(
  session: SshSession,
  op: Operation,
): Promise<{ software: string } & Awaited<SshSession['exchanged']>> {
  const { software } = await op.phase('greeting', async () => {
    const identification = await session.identified
    for (const line of identification.banner) op.wire('receive', () => line)
    op.wire('receive', () => identification.line)
    return identification
  })
  const exchange = await op.phase('kex', () => session.exchanged)
  return { software, ...exchange }
}

/** The verdict on the host key of one connection. */
class Trust {
  /** What the caller's own policy threw. */
  fault: unknown
  readonly #check: HostKeyCheck
  #verdict: HostKeyVerdict = {}
  #shown: { readonly type: string; readonly offered: readonly string[] } | undefined

  constructor(check: HostKeyCheck) {
    this.#check = check
  }

  async check(key: HostKey, offered: readonly string[]): Promise<void> {
    this.#shown = { type: key.type, offered }
    try {
      this.#verdict = await this.#check.check(key)
    } catch (error) {
      // The connection ends with it, and would tell it as one of its own.
      if (isCallerFault(error)) this.fault = error
      throw error
    }
  }

  /** The algorithms of further keys that may be the right one, after this failure; `seen` gets the type that was shown. */
  otherKeys(error: unknown, seen: string[], lists: Algorithms): readonly string[] {
    const refused = isNetError(error) && error.code === 'NET_HOSTKEY_CHANGED'
    if (this.#check.anyType !== true || this.#shown === undefined || !refused) return []
    seen.push(this.#shown.type)
    return otherHostKeys(this.#shown.offered, seen, lists)
  }

  /** What the policy does with further keys of the server. */
  get learn(): HostKeyLearning | undefined {
    return this.#verdict.learn
  }

  /** The server has proved that the key is its own. */
  async settle(op: Operation): Promise<void> {
    const { warning } = this.#verdict
    await this.#verdict.remember?.()
    if (warning !== undefined) op.warn(warning)
  }
}

const MOST_BANNERS = 16
