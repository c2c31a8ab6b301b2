import { openQueue } from '@net/queue'
import { expect, test } from 'vitest'

import { respServer } from './resp-server.ts'

test('what is asked goes as plain arguments, and what comes back is read', async () => {
  const asked: (readonly string[])[] = []
  await using server = await respServer((args) => {
    asked.push(args)
    const [verb] = args
    if (verb === 'counts')
      return `*8\r\n${[1, 2, 3, 4, 5, 6, 7, 1].map((n) => `:${n}\r\n`).join('')}`
    if (verb === 'remove') return '$6\r\nactive\r\n'
    return verb === 'get' ? '*0\r\n' : '*1\r\n$4\r\ndone\r\n'
  })
  await using queue = openQueue('q', {
    url: server.url,
    keep: { done: { age: Infinity, count: 1 } },
  })
  const added = await queue.add({ a: 'ü' }, { id: 'x', delay: 5, priority: -1, group: 'g' })
  expect(added).toEqual({ id: 'x', added: false, state: 'done' })
  const [[verb, keep = '', ...job] = []] = asked
  expect([verb, ...job]).toEqual(['add', 'x', '{"a":"ü"}', '-1', '3', '5', '', 'g', ''])
  expect(JSON.parse(keep)).toMatchObject({ done: { age: 1e300, count: 1 } })
  const counts = { waiting: 1, delayed: 2, active: 3, done: 4, failed: 5, unknown: 6, bytes: 7 }
  expect(await queue.counts()).toEqual({ ...counts, paused: true })
  expect(await queue.get('x')).toBeUndefined()
  await expect(queue.remove('x')).rejects.toMatchObject({ code: 'NET_BUSY' })
})

test('all failed jobs are put back part by part, each once, up to the last that was there', async () => {
  const asked: (readonly string[])[] = []
  const parts = [
    '*4\r\n:2\r\n$1\r\n5\r\n$1\r\n9\r\n:3\r\n',
    '*4\r\n:0\r\n$1\r\n5\r\n$1\r\n9\r\n:0\r\n',
  ]
  await using server = await respServer((args) => {
    asked.push(args)
    return parts[Math.min(asked.length - 1, 1)] ?? ''
  })
  await using queue = openQueue('q', { url: server.url })
  expect(await queue.retryFailed()).toBe(2)
  expect(asked.map(([verb, , ...rest]) => [verb, ...rest])).toEqual([
    ['retry', '', '0', ''],
    ['retry', '', '5', '9'],
  ])
})
