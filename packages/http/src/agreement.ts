/*
 * How a server is asked for another protocol, with the login, the redirects and the cookies of its client, and what it answers.
 * Loaded with the first such request, as most clients make none.
 */

import { netError, stoppable, type Operation, type OperationSpec } from '@net/core/authoring'
import { overTransport, type Transport } from '@net/socket'

import type { HttpAuth } from './auth.ts'
import type { InterimResponse } from './client-options.ts'
import { CallCookies } from './cookies/call-cookies.ts'
import { HttpStatusError } from './errors.ts'
import type { Middleware } from './handler.ts'
import { HttpHeaders } from './headers.ts'
import { handshake, type HandshakeAnswer } from './http1/handshake.ts'
import { authenticate, inSteps } from './middleware/auth.ts'
import { compose } from './middleware/compose.ts'
import { redirecting } from './middleware/redirect.ts'
import type { HttpRequest } from './request.ts'
import { createResponse } from './created-response.ts'
import type { HttpResponse } from './response.ts'
import type { SwitchedConnection, SwitchParts, Wanted } from './switching.ts'

/** Asks over a connection of its own. Rejects as `switched` does. */
export function agreed(parts: SwitchParts, op: Operation): Promise<SwitchedConnection> {
  const { spec, prepared } = parts
  return op.attempt(async (attempt) => {
    let made: SwitchedConnection | undefined
    const ask = async (request: HttpRequest): Promise<HttpResponse> => {
      const transport = await parts.connect(request, op)
      attempt.sent()
      const answer = await asked(transport, request, { ...parts, op })
      if (answer.switched) made = madeOf(transport, answer, spec)
      else transport.abort()
      return responseOf(answer)
    }
    const { cookies } = prepared.settings
    await cookies?.load()
    const response = await compose(layersOf(parts, op), ask)(prepared.request)
    if (made === undefined) throw await refusalOf(response)
    return made
  })
}

function layersOf({ prepared, follows }: SwitchParts, op: Operation): readonly Middleware[] {
  const { settings, secrets } = prepared
  const { auth, cookies } = settings
  return [
    ...(auth === undefined ? [] : [loginOf(auth, op)]),
    ...(follows ? [redirecting(settings, secrets)] : []),
    ...(cookies === undefined ? [] : [cookiesOf(new CallCookies(cookies, op))]),
  ]
}

function loginOf(auth: HttpAuth, op: Operation): Middleware {
  const { exchange } = auth
  return exchange === undefined ? authenticate(auth, { op }) : inSteps(auth, exchange, { op })
}

function cookiesOf(cookies: CallCookies): Middleware {
  return async (request, next) => {
    const response = await next(cookies.dressed(request))
    cookies.learn(request, response)
    return response
  }
}

function asked(
  transport: Transport,
  request: HttpRequest,
  { op, wanted, prepared, rules }: SwitchParts & { readonly op: Operation },
): Promise<HandshakeAnswer> {
  const { onInterim } = prepared.settings
  const interim = (status: number, fields: readonly string[]): void =>
    onInterim?.({ status, headers: HttpHeaders.received(fields) } satisfies InterimResponse)
  const line = lineOf(stillAsking(request, prepared.request), wanted)
  op.wire('send', () => `${line.method} ${line.target} HTTP/1.1`)
  return op.phase('command', async () => {
    const said = stoppable(op, handshake(transport, { ...line, ...rules, interim }), () =>
      transport.abort(),
    )
    try {
      const answer = await said
      op.wire('receive', () => `HTTP/1.1 ${answer.status} ${answer.reason}`.trimEnd())
      return checked(answer, wanted)
    } catch (error) {
      transport.abort()
      throw error
    }
  })
}

function lineOf(
  { path, headers, url }: HttpRequest,
  wanted: Wanted,
): { readonly method: string; readonly target: string; readonly fields: readonly string[] } {
  const own = headers.without('accept-encoding').wire
  if ('to' in wanted)
    return { method: 'CONNECT', target: wanted.to, fields: ['host', wanted.to, ...own] }
  const host = headers.has('host') ? [] : ['host', url.host]
  const fields = [...host, 'connection', 'upgrade', 'upgrade', wanted.protocol, ...own]
  return { method: 'GET', target: path, fields }
}

/** What asks for a WebSocket goes to another origin too: it proves nothing. */
function stillAsking(request: HttpRequest, first: HttpRequest): HttpRequest {
  const asking = first.headers.filter((name) => name.startsWith('sec-websocket-'))
  return request === first || asking.size === 0 ? request : request.with({ headers: [...asking] })
}

/** A server may not choose another protocol than what was asked for. */
function checked(answer: HandshakeAnswer, wanted: Wanted): HandshakeAnswer {
  if (!answer.switched || 'to' in wanted) return answer
  const chosen = HttpHeaders.received(answer.fields).get('upgrade') ?? ''
  if (chosen.toLowerCase() === wanted.protocol.toLowerCase()) return answer
  throw netError('NET_PROTO_UNEXPECTED', {
    message: `the server switched to another protocol than ${wanted.protocol}`,
  })
}

function madeOf(
  transport: Transport,
  { status, fields, bytes }: HandshakeAnswer,
  { client }: OperationSpec,
): SwitchedConnection {
  const connection = overTransport(transport, { client })
  if (bytes.length > 0) connection.unread(bytes)
  return {
    status,
    headers: HttpHeaders.received(fields),
    connection,
    [Symbol.asyncDispose]: () => connection.close(),
  }
}

function responseOf({ status, reason, fields, bytes, switched }: HandshakeAnswer): HttpResponse {
  const headers = HttpHeaders.received(fields)
  return createResponse({
    status,
    statusText: reason,
    headers,
    bytes: switched ? new Uint8Array() : bytes,
  })
}

async function refusalOf(response: HttpResponse): Promise<Error> {
  const { status, statusText, headers } = response
  if (status < 400) {
    const message = `the server answered ${status} and did not switch`
    return netError('NET_PROTO_UNEXPECTED', { message, sent: true })
  }
  const text = Buffer.from(await response.bytes()).toString('utf8')
  return new HttpStatusError({ status, statusText, headers, text })
}
