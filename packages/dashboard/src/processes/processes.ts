/*
 * The side of the program that serves: takes the events of its children in, as if they were its own. The number of a
 * process stands in the ids of its operations, so that nothing else has to know of processes.
 */

import type { NetEvent } from '@net/core'

import { BodyRefusal } from '../web/request-body.ts'
import type { ProcessShown } from '../web/shown.ts'
import type { Report } from './reporter.ts'

/** The processes that have sent events. */
export class Processes {
  readonly #take: (event: NetEvent) => void
  readonly #epoch: number
  readonly #numbers = new Map<string, number>()
  readonly #shown: ProcessShown[]

  constructor(own: Omit<ProcessShown, 'number'>, epoch: number, take: (event: NetEvent) => void) {
    this.#take = take
    this.#epoch = epoch
    this.#shown = [{ number: 0, ...own }]
  }

  /** All of them, the program itself first. */
  list(): readonly ProcessShown[] {
    return this.#shown
  }

  /** Takes a report in. Throws `BodyRefusal` for what is none. */
  take(report: unknown): void {
    if (!isReport(report)) throw new BodyRefusal(400, 'This is no report of a process.')
    const shift = this.#numberOf(report) * IDS
    const later = report.epoch - this.#epoch
    for (const event of report.events) {
      if (isEvent(event)) this.#take(moved(event, shift, later))
    }
  }

  #numberOf({ process, title, pid }: Report): number {
    const known = this.#numbers.get(process)
    if (known !== undefined) return known
    const number = this.#shown.length
    // A program that starts processes for ever is watched as far as this, and the later ones are one.
    if (number >= MOST) return MOST
    this.#numbers.set(process, number)
    this.#shown.push({ number, title: title.slice(0, NAME), pid })
    return number
  }
}

function moved(event: NetEvent, shift: number, later: number): NetEvent {
  const { id, parent, client, time } = event
  return {
    ...event,
    id: id + shift,
    time: time + later,
    ...(parent === undefined ? {} : { parent: parent + shift }),
    ...(client === undefined ? {} : { client: client + shift }),
  }
}

function isReport(value: unknown): value is Report {
  const { process, title, pid, epoch, events } = (value ?? {}) as Partial<Report>
  return (
    typeof process === 'string' &&
    typeof title === 'string' &&
    Number.isSafeInteger(pid) &&
    Number.isFinite(epoch) &&
    Array.isArray(events)
  )
}

/** Whether the history can take it: what is a text there is one here. */
function isEvent(value: unknown): value is NetEvent {
  if (typeof value !== 'object' || value === null) return false
  const fields = value as Readonly<Record<string, unknown>>
  return (
    TYPES.has(fields['type']) &&
    TEXTS.every((name) => fields[name] === undefined || typeof fields[name] === 'string') &&
    NUMBERS.every((name) => fields[name] === undefined || Number.isFinite(fields[name])) &&
    REQUIRED.every((name) => fields[name] !== undefined) &&
    isError(fields['error'])
  )
}

function isError(value: unknown): boolean {
  if (value === undefined) return true
  const { message, code } = (value ?? {}) as { readonly message?: unknown; readonly code?: unknown }
  return typeof message === 'string' && typeof code === 'string'
}

/** So many ids each process has: more than any gives out, and a thousand processes of it are still exact numbers. */
export const IDS: number = 2 ** 43
const MOST = 1000
const NAME = 100
const TYPES: ReadonlySet<unknown> = new Set([
  'operation',
  'phase',
  'wire',
  'progress',
  'retry',
  'pool',
])
const REQUIRED = ['id', 'time', 'protocol', 'operation']
const TEXTS = [
  'protocol',
  'operation',
  'target',
  'endpoint',
  'message',
  'text',
  'phase',
  'state',
  'outcome',
  'action',
  'direction',
]
const NUMBERS = [
  'id',
  'parent',
  'client',
  'time',
  'duration',
  'transferred',
  'total',
  'status',
  'attempt',
  'delay',
  'size',
  'busy',
  'waiting',
  'bytes',
]
