/*
 * The HTTP operations as an HTTP Archive 1.2, which browsers and other tools read: times and statuses of all of them,
 * failed ones too. Events hold no headers and no bodies, so neither does this; @net/http records those itself.
 */

import type { IsSecret } from '@net/core/authoring'

import type { OperationRecord } from '../history/operation-record.ts'
import { exportedUrl } from './exported-url.ts'

/**
 * An archive of these operations, without the values of the parameters that `isSecret` names; `epoch` is the date of the
 * monotonic clock's zero. Other protocols are counted and left out.
 */
export function harOf(
  records: readonly OperationRecord[],
  epoch: number,
  isSecret: IsSecret,
): object {
  const calls = records.filter(isCall)
  const others = records.filter(({ protocol }) => protocol !== 'http').length
  return {
    log: {
      version: '1.2',
      creator: { name: '@net/dashboard', version: '1' },
      comment: `Headers and bodies are not part of events. Operations of other protocols that are left out: ${others}.`,
      entries: calls.map((record) => entryOf(record, epoch, isSecret)),
    },
  }
}

function isCall({ protocol, operation, target, outcome }: OperationRecord): boolean {
  return (
    protocol === 'http' && METHOD.test(operation) && URL.canParse(target) && outcome !== 'running'
  )
}

function entryOf(record: OperationRecord, epoch: number, isSecret: IsSecret): object {
  const timings = timingsOf(record)
  const time = Object.values(timings).reduce((sum, each) => sum + Math.max(each, 0), 0)
  // In an HTTP Archive the time of `connect` has that of `ssl` in it, and only the first counts in the sum.
  const tls = Math.max(timings.ssl, 0)
  const { message } = record.error ?? {}
  return {
    startedDateTime: new Date(epoch + record.start).toISOString(),
    time: rounded(time - tls),
    request: requestOf(record, isSecret),
    response: responseOf(record),
    cache: {},
    timings,
    ...(message === undefined ? {} : { comment: message, _error: record.error?.code }),
  }
}

function requestOf({ operation, target, wire }: OperationRecord, isSecret: IsSecret): object {
  const url = exportedUrl(target, isSecret)
  const line = wire.find(({ direction }) => direction === 'send')?.text
  return {
    method: operation,
    url: url.href,
    httpVersion: / (HTTP\/\S+)$/u.exec(line ?? '')?.[1] ?? 'HTTP/1.1',
    cookies: [],
    headers: [],
    queryString: [...url.searchParams].map(([name, value]) => ({ name, value })),
    headersSize: -1,
    bodySize: -1,
  }
}

function responseOf({ status = 0, transferred, wire }: OperationRecord): object {
  const line = wire.findLast(({ direction }) => direction === 'receive')?.text ?? ''
  const [, version = 'HTTP/1.1', reason = ''] = /^(HTTP\/\S+) \d+ ?(.*)$/u.exec(line) ?? []
  return {
    status,
    statusText: reason,
    httpVersion: version,
    cookies: [],
    headers: [],
    content: { size: transferred ?? 0, mimeType: 'x-unknown' },
    redirectURL: '',
    headersSize: -1,
    bodySize: transferred ?? -1,
  }
}

/** By the format's names; what did not happen is -1. `wait` is what no phase accounts for. */
function timingsOf({
  phases,
  duration = 0,
}: OperationRecord): Record<
  'ssl' | 'dns' | 'connect' | 'send' | 'wait' | 'receive' | 'blocked',
  number
> {
  const length = (...names: readonly string[]): number => {
    const those = phases.filter(({ phase }) => names.includes(phase))
    return those.length === 0
      ? -1
      : rounded(those.reduce((sum, each) => sum + (each.duration ?? 0), 0))
  }
  const [dns, send, receive] = [length('resolve'), length('send'), length('receive')]
  const [ssl, connect] = [length('tls'), length('connect', 'proxy', 'tls')]
  const told = [dns, connect, send, receive].reduce((sum, each) => sum + Math.max(each, 0), 0)
  return {
    blocked: -1,
    dns,
    connect,
    ssl,
    send: Math.max(send, 0),
    wait: rounded(Math.max(duration - told, 0)),
    receive: Math.max(receive, 0),
  }
}

function rounded(milliseconds: number): number {
  return Math.round(milliseconds * 1000) / 1000
}

const METHOD = /^[A-Z]+$/u
