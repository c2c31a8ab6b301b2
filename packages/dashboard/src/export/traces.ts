/*
 * Operations as traces in OpenTelemetry's JSON (OTLP, ExportTraceServiceRequest), which a collector takes as it is: a span
 * for each operation, and within it one for each phase.
 */

import { createHash } from 'node:crypto'

import type { IsSecret } from '@net/core/authoring'

import type { OperationRecord, PhaseRecord } from '../history/operation-record.ts'
import { exportedUrl } from './exported-url.ts'

/**
 * The traces of these operations, without the values of the parameters that `isSecret` names; `epoch` is the date of the
 * monotonic clock's zero.
 */
export function tracesOf(
  records: readonly OperationRecord[],
  epoch: number,
  isSecret: IsSecret,
): object {
  const byId = new Map(records.map((record) => [record.id, record]))
  const spans = records.flatMap((record) => spansOf(record, { byId, epoch, isSecret }))
  return {
    resourceSpans: [
      {
        resource: { attributes: [attribute('service.name', serviceName())] },
        scopeSpans: [{ scope: { name: '@net/dashboard' }, spans }],
      },
    ],
  }
}

interface Context {
  readonly byId: ReadonlyMap<number, OperationRecord>
  readonly epoch: number
  readonly isSecret: IsSecret
}

function spansOf(record: OperationRecord, context: Context): readonly object[] {
  if (record.duration === undefined) return []
  const traceId = hex(`${context.epoch} ${rootOf(record, context).id}`, 32)
  const idOf = (what: string): string => hex(`${context.epoch} ${what}`, 16)
  const spanId = idOf(`operation ${record.id}`)
  const { parent, error } = record
  const status = error === undefined ? {} : { code: ERROR, message: error.message }
  const own = {
    traceId,
    spanId,
    ...(parent !== undefined && context.byId.has(parent)
      ? { parentSpanId: idOf(`operation ${parent}`) }
      : {}),
    name: record.protocol === 'http' ? record.operation : `${record.protocol} ${record.operation}`,
    kind: CLIENT,
    ...timesOf(record, context.epoch),
    attributes: attributesOf(record, context.isSecret),
    status,
  }
  const phases = record.phases.map((phase, at) => ({
    traceId,
    spanId: idOf(`phase ${record.id} ${at}`),
    parentSpanId: spanId,
    name: phase.phase,
    kind: INTERNAL,
    ...timesOf(phase, context.epoch),
    attributes: [],
    status: phase.outcome === 'failed' ? { code: ERROR } : {},
  }))
  return [own, ...phases]
}

function rootOf(record: OperationRecord, { byId }: Context): OperationRecord {
  let root = record
  for (let depth = 0; depth < DEEPEST; depth++) {
    const outer = root.parent === undefined ? undefined : byId.get(root.parent)
    if (outer === undefined) break
    root = outer
  }
  return root
}

function timesOf(
  { start, duration = 0 }: Pick<PhaseRecord, 'start'> & { readonly duration?: number | undefined },
  epoch: number,
): object {
  return {
    startTimeUnixNano: nanoseconds(epoch + start),
    endTimeUnixNano: nanoseconds(epoch + start + duration),
  }
}

/** As text: a number of JavaScript has no room for it. */
function nanoseconds(milliseconds: number): string {
  const whole = Math.floor(milliseconds)
  return String(BigInt(whole) * 1_000_000n + BigInt(Math.round((milliseconds - whole) * 1_000_000)))
}

function attributesOf(record: OperationRecord, isSecret: IsSecret): readonly object[] {
  const { protocol, operation, target, endpoint, status, error, outcome } = record
  const isHttp = protocol === 'http'
  const shown = isHttp && URL.canParse(target) ? exportedUrl(target, isSecret).href : target
  return [
    attribute('network.protocol.name', protocol),
    attribute(isHttp ? 'http.request.method' : 'net.operation', operation),
    ...(target === '' ? [] : [attribute(isHttp ? 'url.full' : 'net.target', shown)]),
    ...(endpoint === '' ? [] : [attribute('server.address', endpoint)]),
    ...(status === undefined
      ? []
      : [attribute(isHttp ? 'http.response.status_code' : 'net.response.status_code', status)]),
    ...(error === undefined ? [] : [attribute('error.type', error.code)]),
    ...(outcome === 'aborted' ? [attribute('net.outcome', 'aborted')] : []),
  ]
}

function attribute(key: string, value: string | number): object {
  return {
    key,
    value: typeof value === 'number' ? { intValue: String(value) } : { stringValue: value },
  }
}

function hex(text: string, length: number): string {
  return createHash('sha256').update(text).digest('hex').slice(0, length)
}

function serviceName(): string {
  return process.env['OTEL_SERVICE_NAME'] ?? 'unknown_service:node'
}

/** Numbers of the protocol: Span.SpanKind and Status.StatusCode. */
const INTERNAL = 1
const CLIENT = 3
const ERROR = 2
const DEEPEST = 20
