/*
 * Requests that end in another protocol: `Upgrade` (RFC 9110 section 7.8) and CONNECT (section 9.3.6). They take a
 * connection of their own, which is the caller's once the server has agreed. It must not know the pool.
 */

import {
  lazyModule,
  netError,
  operation,
  type Operation,
  type OperationSpec,
} from '@net/core/authoring'
import type { Connection, Transport } from '@net/socket'

import { OperationCall, type CallsUnderWay } from './calls-under-way.ts'
import type { RequestOptions } from './client-options.ts'
import type { HttpHeaders } from './headers.ts'
import type { ClientCodecOptions } from './http1/client-codec.ts'
import { isToken } from './http1/syntax.ts'
import type { PreparedRequest } from './request-factory.ts'
import type { HttpRequest } from './request.ts'

/** Options of `upgrade` and `tunnel`. */
export type SwitchOptions = Pick<
  RequestOptions,
  'signal' | 'timeout' | 'params' | 'headers' | 'user' | 'password' | 'auth' | 'onInterim' | 'tls'
>

/** A connection that speaks HTTP no more. Disposing it closes it. */
export interface SwitchedConnection extends AsyncDisposable {
  /** 101, or what was answered to CONNECT. */
  readonly status: number
  /** Of the response that agreed. */
  readonly headers: HttpHeaders
  /** What follows, whatever came together with the response first. */
  readonly connection: Connection
}

/** What is asked for: a protocol, or a tunnel to `host:port`. */
export type Wanted = { readonly protocol: string } | { readonly to: string }

/** What a switch works with. */
export interface SwitchParts {
  readonly wanted: Wanted
  readonly prepared: PreparedRequest
  readonly spec: OperationSpec
  /** Whether redirects are followed, as those of any request. */
  readonly follows: boolean
  /** Those of the client, which ends them when it is closed. */
  readonly calls: CallsUnderWay
  /** How the answer is read. */
  readonly rules: ClientCodecOptions
  /** Connects to the server of the request, with TLS where its URL says so, but never for HTTP/2. */
  connect(request: HttpRequest, op: Operation): Promise<Transport>
}

/** Throws `NET_BAD_OPTION` for what cannot be asked for. */
export function checkWanted(wanted: Wanted): void {
  const isFine =
    'protocol' in wanted
      ? wanted.protocol.split('/').every(isToken)
      : /^[\w.:[\]-]+:\d{1,5}$/.test(wanted.to)
  if (isFine) return
  const message =
    'protocol' in wanted ? 'the protocol must be a token' : 'the target must be host:port'
  throw netError('NET_BAD_OPTION', { message })
}

/** Asks for it. Rejects with `HttpStatusError` for a refusal, and with `NET_PROTO_UNEXPECTED` for an answer that is neither. */
export function switched(parts: SwitchParts): Promise<SwitchedConnection> {
  const { calls, spec, prepared } = parts
  return operation(spec, prepared.options, async (op) => {
    const call = new OperationCall(op)
    calls.add(call)
    try {
      const { agreed } = await agreement()
      return await agreed(parts, op)
    } finally {
      calls.delete(call)
    }
  })
}

const agreement = /* @__PURE__ */ lazyModule(() => import('./agreement.ts'))
