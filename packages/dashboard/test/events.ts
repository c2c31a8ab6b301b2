/* Events as core publishes them, for tests of what is made of them. */

import { netError } from '@net/core/authoring'
import type { NetError, NetEvent, NetEvents, NetEventName, Phase } from '@net/core'

type Fields<N extends NetEventName> = Partial<NetEvents[N]>

const head = { version: 1, protocol: 'http', operation: 'GET', time: 0 } as const

export function started(id: number, fields: Fields<'operation'> = {}): NetEvent {
  return { ...head, type: 'operation', state: 'start', id, ...fields }
}

export function ended(id: number, fields: Fields<'operation'> = {}): NetEvent {
  return { ...head, type: 'operation', state: 'end', id, outcome: 'ok', duration: 10, ...fields }
}

export function failed(id: number, message: string): NetEvent {
  return ended(id, { outcome: 'failed', error: failure(message) })
}

export function failure(message: string): NetError {
  return netError('NET_CONN_RESET', { message })
}

export function phase(id: number, name: Phase, from: number, to?: number): readonly NetEvent[] {
  const start = { ...head, type: 'phase', state: 'start', id, phase: name, time: from } as const
  if (to === undefined) return [start]
  return [start, { ...start, state: 'end', time: to, outcome: 'ok', duration: to - from }]
}

export function line(id: number, text: string, time = 0): NetEvent {
  return { ...head, type: 'wire', direction: 'send', id, text, time }
}
