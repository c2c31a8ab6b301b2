/*
 * What a proxy that passes requests on says about who asks: which of its answers are for us and not for the caller, and whether
 * the request may be sent again over the same connection. It must not know how logins are written.
 */

import type { NetError } from '@net/core'
import { clock, type Timer } from '@net/core/authoring'
import type { ForwardingProxy } from '@net/socket'

import type { WireRequest } from '../connection.ts'
import { HttpHeaders } from '../headers.ts'
import type { ResponseHead } from './client-codec.ts'
import type { Framing } from './framing.ts'

/** The login at the proxy at the other end of one connection. */
export class ProxyLogin {
  readonly #proxy: ForwardingProxy
  readonly #late: (error: NetError) => void
  /** That it was asked for another login, while the body of that answer arrives. */
  #refusal: NetError | undefined
  #received = 0
  #timer: Timer | undefined
  /** What was sent again already. */
  #repeated: WireRequest | undefined
  #mayMove = false

  /** `late` hears that the proxy takes too long over the body of its refusal. */
  constructor(proxy: ForwardingProxy, late: (error: NetError) => void) {
    this.#proxy = proxy
    this.#late = late
  }

  /** Whether a request that failed with the proxy's refusal may be sent again over another connection. */
  get mayMove(): boolean {
    return this.#mayMove
  }

  /** Why the connection is of no use, where the body of the refusal is still on its way. */
  get refusal(): NetError | undefined {
    return this.#refusal
  }

  /** Whether the answer is the proxy's own, after which the request is sent again. Throws `NET_PROXY_AUTH`. */
  takes(head: ResponseHead, framing: Framing, sent: SentRequest): boolean {
    const { status, reason, fields } = head
    const challenges = HttpHeaders.received(fields).getAll('proxy-authenticate')
    const refused = this.#proxy.answered(status, reason, challenges)
    this.#mayMove = false
    if (refused === undefined) return false
    const { request } = sent
    this.#mayMove = refused.again && request !== this.#repeated
    if (!this.#mayMove || !sent.isComplete || !isRepeatable(request) || isLong(framing)) {
      throw refused.error
    }
    this.#repeated = request
    this.#refusal = refused.error
    this.#received = 0
    this.#timer = clock().after(LONGEST, () => this.#late(refused.error))
    return true
  }

  /** Bytes of the refusal's body, which nobody reads. Throws `NET_PROXY_AUTH` beyond 64 KiB. */
  drop(size: number): void {
    this.#received += size
    if (this.#refusal !== undefined && this.#received > MOST) throw this.#refusal
  }

  /** The body of the refusal has ended, or nothing follows. */
  end(): void {
    this.#refusal = undefined
    this.#timer?.clear()
  }

  /** The request leaves once more. */
  repeats(): void {
    this.#mayMove = false
  }
}

/** What an answer is for. */
export interface SentRequest {
  readonly request: WireRequest | undefined
  /** Whether all of it has left. */
  readonly isComplete: boolean
}

function isRepeatable(request: WireRequest | undefined): boolean {
  if (request === undefined || request.trailers !== undefined) return false
  return request.body === undefined || request.body instanceof Uint8Array
}

/** Whether its body is not worth receiving. */
function isLong(framing: Framing): boolean {
  return framing === 'close' || (typeof framing === 'number' && framing > MOST)
}

const MOST = 65_536
const LONGEST = 5000
