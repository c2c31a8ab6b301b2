/* The options of a queue, and the door that they pass. */

import type { CallDefaults, LogOption } from '@net/core'
import {
  clientContext,
  netError,
  option,
  optionsDoor,
  optionsObject,
  shape,
  type ClientContext,
  type Shape,
} from '@net/core/authoring'

import { queueTls, type QueueTls } from './engine/queue-tls.ts'
import { payloadSchema, type PayloadSchema } from './payload-schema.ts'
import type { Retention, RetentionRules } from './store.ts'

/** Options of `openQueue`. */
export interface QueueOptions<P> {
  /**
   * Where the jobs are: `memory:` in this process, for all its queues of that name; `file:queue.db` in a file of this machine, for all
   * its processes; `redis://user:password@host:6379/0`, or `rediss:` for TLS, on Redis or Valkey, for all machines. Default `memory:`.
   */
  readonly url?: string | URL | undefined
  /** How TLS is spoken with a server whose URL is `rediss:`. Default: the authorities that Node trusts, and the name of the host. */
  readonly tls?: QueueTls | undefined
  /** Checks each payload when it is added, and again before the handler; a job that the worker's schema refuses fails at once. */
  readonly schema?: PayloadSchema<P> | undefined
  /** The longest payload, in bytes of JSON. Default 1 MiB. */
  readonly maxPayload?: number | undefined
  /** The longest result that is kept, in bytes of JSON; a longer one is left out. Default 1 MiB. */
  readonly maxResult?: number | undefined
  /** How long finished jobs are kept. A job that is kept holds its id. */
  readonly keep?: KeepOptions | undefined
  /**
   * What a job in a file survives: the end of every process, or a power cut, too, for which each step waits for the disk. Default
   * `process`.
   */
  readonly durability?: 'process' | 'power' | undefined
  /** Takes a server, too, that may throw jobs away when its memory is full. Default false. */
  readonly dangerouslyAllowEviction?: boolean | undefined
  /** Where events of this queue go. Default: what `logTo` says. */
  readonly log?: LogOption | undefined
  /** Limits and repeats of later calls. */
  readonly defaults?: CallDefaults | undefined
}

/** How long finished jobs are kept, by state. */
export interface KeepOptions {
  /** Default 24 hours, 1,000 jobs, 16 MiB. */
  readonly done?: KeepRule | undefined
  /** Default 30 days, 10,000 jobs, 64 MiB. */
  readonly failed?: KeepRule | undefined
  /** Default 30 days, 10,000 jobs, 64 MiB. */
  readonly unknown?: KeepRule | undefined
}

/** Bounds of what is kept, whichever comes first; each can be `Infinity`. */
export interface KeepRule {
  /** Milliseconds since the job ended. */
  readonly age?: number | undefined
  readonly count?: number | undefined
  /** Payloads, results and errors together. */
  readonly bytes?: number | undefined
}

/** What a queue is made with, checked. */
export interface QueuePlan<P> {
  readonly url: string
  readonly tls: QueueTls | undefined
  readonly schema: PayloadSchema<P> | undefined
  readonly maxPayload: number
  readonly maxResult: number
  readonly keep: RetentionRules
  readonly durability: 'process' | 'power'
  readonly allowEviction: boolean
  readonly client: ClientContext
}

const MIB = 1_048_576
const DAY = 86_400_000
const KEEP_DONE: Retention = { age: DAY, count: 1000, bytes: 16 * MIB }
const KEEP_FAILED: Retention = { age: 30 * DAY, count: 10_000, bytes: 64 * MIB }

const keepRule = optionsObject<KeepRule>({
  age: option.milliseconds,
  count: option.size,
  bytes: option.bytes,
})

const queueDoor = optionsDoor<QueueOptions<never>>(
  {},
  {
    url: option.url,
    tls: queueTls,
    schema: payloadSchema,
    maxPayload: option.bytes,
    maxResult: option.bytes,
    keep: optionsObject<KeepOptions>({ done: keepRule, failed: keepRule, unknown: keepRule }),
    durability: option.oneOf('process', 'power'),
    dangerouslyAllowEviction: option.flag,
    log: option.log,
    defaults: option.defaults,
  },
)

/** The plan of a queue. Throws `NET_BAD_OPTION`. */
export function queuePlan<P>(options: QueueOptions<P> | undefined): QueuePlan<P> {
  const taken = queueDoor(options as QueueOptions<never> | undefined)
  const { url = 'memory:', maxPayload = MIB, maxResult = MIB, keep = {}, schema } = taken
  const { tls } = taken
  if (tls !== undefined && !String(url).startsWith('rediss:')) {
    throw netError('NET_BAD_OPTION', { message: 'tls is for a URL that begins with rediss:' })
  }
  return {
    url: String(url),
    tls,
    schema,
    maxPayload,
    maxResult,
    keep: {
      done: retention(KEEP_DONE, keep.done),
      failed: retention(KEEP_FAILED, keep.failed),
      unknown: retention(KEEP_FAILED, keep.unknown),
    },
    durability: taken.durability ?? 'process',
    allowEviction: taken.dangerouslyAllowEviction ?? false,
    client: clientContext(taken),
  }
}

function retention(standard: Retention, rule: KeepRule = {}): Retention {
  const { age = standard.age, count = standard.count, bytes = standard.bytes } = rule
  return { age, count, bytes }
}

/** The name of a queue. */
export const queueName: Shape<string> = shape(
  'the name of a queue: up to 100 letters, digits and the signs . _ / -',
  (value) => typeof value === 'string' && /^[\w./-]{1,100}$/u.test(value),
)
