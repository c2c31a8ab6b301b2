/*
 * What events say, in the words of OpenTelemetry's semantic conventions; where these have none, under `net.`.
 * Metrics get only what has few values: no target, no id, no message.
 */

import type { Attributes } from '@opentelemetry/api'

import type { EventHead, OperationEvent } from '../events/channels.ts'

/** What metrics and spans tell of a call: its protocol, its verb and its peer. */
export function callAttributes(event: EventHead & { readonly endpoint?: string }): Attributes {
  return { ...protocolAttributes(event), ...peerAttributes(event.endpoint) }
}

/** What only a span has of a call: its target. */
export function targetAttributes({ protocol, operation, target }: OperationEvent): Attributes {
  if (protocol !== 'http') return target === undefined ? {} : { 'net.target': target }
  return {
    ...(methods.has(operation) ? {} : { 'http.request.method_original': operation }),
    ...(target === undefined ? {} : urlAttributes(target)),
  }
}

/** How a call ended. An aborted one has no error: it was neither the peer nor we who failed. */
export function outcomeAttributes({
  protocol,
  outcome,
  error,
  status = error?.reply?.status,
}: OperationEvent): Attributes {
  const answer = protocol === 'http' ? 'http.response.status_code' : 'net.response.status_code'
  return {
    ...(outcome === 'failed' ? { 'error.type': error?.code ?? '_OTHER' } : {}),
    ...(outcome === 'aborted' ? { 'net.outcome': 'aborted' } : {}),
    ...(status === undefined ? {} : { [answer]: status }),
  }
}

/** Which attempt it is, 1 for the first. */
export function attemptAttributes(protocol: string, number: number): Attributes {
  if (protocol !== 'http') return { 'net.attempt': number }
  return number === 1 ? {} : { 'http.request.resend_count': number - 1 }
}

/** The name of a span, which has few values: `GET`, `ftp upload`. */
export function spanName({ protocol, operation }: EventHead): string {
  if (protocol !== 'http') return `${protocol} ${operation}`
  return methods.has(operation) ? operation : 'HTTP'
}

function protocolAttributes({ protocol, operation }: EventHead): Attributes {
  if (protocol === 'http') {
    const method = methods.has(operation) ? operation : '_OTHER'
    return { 'network.protocol.name': 'http', 'http.request.method': method }
  }
  const name = transports.has(protocol) ? 'network.transport' : 'network.protocol.name'
  return { [name]: protocol, 'net.operation': operation }
}

function peerAttributes(endpoint: string | undefined): Attributes {
  if (endpoint === undefined) return {}
  const { address, host = address, port } = ENDPOINT.exec(endpoint)?.groups ?? {}
  if (host === undefined) return { 'server.address': endpoint }
  return { 'server.address': host, 'server.port': Number(port) }
}

function urlAttributes(target: string): Attributes {
  if (!URL.canParse(target)) return { 'net.target': target }
  const url = new URL(target)
  for (const name of url.searchParams.keys()) {
    if (SIGNATURES.has(name.toLowerCase())) url.searchParams.set(name, 'REDACTED')
  }
  return { 'url.full': url.href, 'url.scheme': url.protocol.slice(0, -1) }
}

const ENDPOINT = /^(?:\[(?<address>[^\]]+)\]|(?<host>[^:/]+)):(?<port>\d+)$/u
const transports: ReadonlySet<string> = new Set(['tcp', 'udp', 'unix'])
const methods: ReadonlySet<string> = new Set([
  'CONNECT',
  'DELETE',
  'GET',
  'HEAD',
  'OPTIONS',
  'PATCH',
  'POST',
  'PUT',
  'QUERY',
  'TRACE',
])
// What the conventions want out of every URL.
const SIGNATURES: ReadonlySet<string> = new Set([
  'awsaccesskeyid',
  'signature',
  'sig',
  'x-goog-signature',
  'x-amz-signature',
  'x-amz-credential',
  'x-amz-security-token',
])
