/* The door to a queue: its URL says where the jobs are. */

import { argument, inCall, netError } from '@net/core/authoring'

import { RedisStore } from './engine/redis-store.ts'
import { fileStore } from './file/file-stores.ts'
import { QueueOverStore, type JobQueue } from './job-queue.ts'
import { memoryStore } from './memory/memory-stores.ts'
import { queueName, queuePlan, type QueueOptions, type QueuePlan } from './queue-options.ts'
import type { JobStore } from './store.ts'

/**
 * Opens the queue of that name: `openQueue<Mail>('mail')`. Nothing is connected or read before the first call. Throws
 * `NET_BAD_OPTION`, and `NET_BAD_URL` for a URL that is no place for jobs.
 */
export function openQueue<P>(name: string, options?: QueueOptions<P>): JobQueue<P> {
  return inCall({ protocol: 'queue', call: 'openQueue' }, () => {
    const plan = queuePlan(options)
    return new QueueOverStore(name, storeOf(argument('the name', queueName, name), plan), plan)
  })
}

function storeOf(name: string, plan: Place): JobStore {
  const { url, keep } = plan
  if (url === 'memory:') return memoryStore(name, keep)
  if (url.startsWith('file:')) return fileStore(name, plan)
  if (/^rediss?:/u.test(url)) return new RedisStore(name, { ...plan, url: redisUrl(url) })
  throw netError('NET_BAD_URL', {
    message: "the URL of a queue must be 'memory:', or like 'file:queue.db' or 'redis://localhost'",
  })
}

function redisUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url !== undefined && url.hostname !== '' && /^\/?\d*$/u.test(url.pathname)) return url
  throw netError('NET_BAD_URL', {
    message: "the URL of a queue on Redis must be like 'redis://localhost:6379/0'",
  })
}

type Place = Pick<
  QueuePlan<never>,
  'url' | 'keep' | 'durability' | 'allowEviction' | 'tls' | 'client'
>
