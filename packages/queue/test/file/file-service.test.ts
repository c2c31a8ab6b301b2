import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'

import { expect, test } from 'vitest'

import { FileService, type FileNews, type FileRequest } from '../../src/file/file-service.ts'
import { queuePlan } from '../../src/queue-options.ts'
import { job } from './open-file.ts'

const rules = {
  keep: queuePlan(undefined).keep,
  deadlineError: '',
  diedError: '',
  unknownError: '',
}
const moment = { now: 0, date: 0 }

function asked(...calls: readonly (readonly [string, ...unknown[]])[]): readonly FileRequest[] {
  return calls.map(([verb, ...args], n) => ({ n, queue: 'q', verb, args }))
}

test('requests that came together are answered together, and one that fails alone', () => {
  const news: FileNews[] = []
  const opening = { path: ':memory:', synchronous: 'NORMAL', boot: 'b', busy: 0 } as const
  const service = new FileService(opening, (each) => news.push(each))
  service.serve(asked(['open', rules], ['add', [job('a')]], ['counts']), moment)
  expect(news[0]?.answers?.map(({ value }) => value)).toMatchObject([
    undefined,
    [undefined],
    { waiting: 1 },
  ])
  service.serve(asked(['add', [job('b')]], ['get', ['no text']], ['counts']), moment)
  const [added, failed, counted] = news[1]?.answers ?? []
  expect([added?.value, counted?.value]).toMatchObject([[undefined], { waiting: 2 }])
  expect(failed?.error?.message).toBeTypeOf('string')
  service.close()
})

test('what another process does is seen, with its events', () => {
  const folder = mkdtempSync(join(tmpdir(), 'queue-'))
  const opening = { path: join(folder, 'a.db'), synchronous: 'FULL', boot: 'b', busy: 0 } as const
  const news: FileNews[] = []
  const here = new FileService(opening, (each) => news.push(each))
  const there = new FileService(opening, () => {})
  here.serve(asked(['open', rules]), moment)
  there.serve(asked(['open', rules], ['add', [job('unheard')]]), moment)
  here.look()
  expect(news.splice(0)).toMatchObject([{ answers: [{}] }, { changed: true }])
  here.look()
  expect(news).toEqual([])
  here.serve(asked(['listen']), moment)
  there.serve(asked(['add', [job('heard')]]), moment)
  here.look()
  const events = news.flatMap((each) => each.events ?? [])
  expect(events.map(({ event }) => JSON.parse(event) as unknown)).toEqual([
    { type: 'added', time: 0, id: 'heard', attempt: 0 },
  ])
  here.close()
  there.close()
  rmSync(folder, { recursive: true })
})

test('a look that fails ends nothing, and the next one sees what it missed', () => {
  const folder = mkdtempSync(join(tmpdir(), 'queue-'))
  const path = join(folder, 'a.db')
  const opening = { path, synchronous: 'NORMAL', boot: 'b', busy: 0 } as const
  const news: FileNews[] = []
  const here = new FileService(opening, (each) => news.push(each))
  here.serve(asked(['open', rules], ['listen']), moment)
  const other = new DatabaseSync(path)
  other.exec('BEGIN IMMEDIATE')
  // It says that it still listens, which it cannot while the file is locked.
  here.look()
  other.exec('COMMIT')
  other.close()
  here.look()
  const there = new FileService(opening, () => {})
  there.serve(asked(['open', rules], ['add', [job('a')]]), moment)
  here.look()
  expect(news.flatMap((each) => each.events ?? [])).toHaveLength(1)
  here.close()
  there.close()
  rmSync(folder, { recursive: true })
})

test('events that are gone before they are read are told as missed', () => {
  const news: FileNews[] = []
  const opening = { path: ':memory:', synchronous: 'NORMAL', boot: 'b', busy: 0 } as const
  const service = new FileService(opening, (each) => news.push(each))
  service.serve(asked(['open', rules], ['listen']), moment)
  const jobs = Array.from({ length: 2500 }, (_, n) => job(`j${n}`))
  service.serve(asked(['add', jobs]), moment)
  const [first] = news.filter(({ events, missed }) => events !== undefined || missed === true)
  expect(first).toEqual({ missed: true })
  expect(news.flatMap(({ events = [] }) => events).length).toBeLessThan(2500)
  service.close()
})

test('who begins to listen where somebody does takes no event from him', () => {
  const news: FileNews[] = []
  const opening = { path: ':memory:', synchronous: 'NORMAL', boot: 'b', busy: 0 } as const
  const service = new FileService(opening, (each) => news.push(each))
  service.serve(asked(['open', rules], ['listen']), moment)
  service.serve(asked(['add', [job('a')]], ['listen']), moment)
  expect(news.flatMap((each) => each.events ?? [])).toHaveLength(1)
  service.close()
})

test('a queue whose opening was taken back is opened by the next request, and is no other queue', () => {
  const folder = mkdtempSync(join(tmpdir(), 'queue-'))
  const path = join(folder, 'a.db')
  const opening = { path, synchronous: 'NORMAL', boot: 'b', busy: 0 } as const
  const news: FileNews[] = []
  const service = new FileService(opening, (each) => news.push(each))
  const other = new DatabaseSync(path)
  // As a disk that is full: what was inserted is taken back.
  other.exec("CREATE TRIGGER full BEFORE UPDATE ON queues BEGIN SELECT RAISE(ABORT, 'full'); END")
  service.serve(asked(['open', rules], ['add', [job('a')]]), moment)
  expect(news[0]?.answers?.map(({ error }) => error?.message)).toEqual(['full', 'full'])
  other.exec('DROP TRIGGER full')
  other.exec("INSERT INTO queues (name) VALUES ('other')")
  other.close()
  service.serve(asked(['add', [job('b')]], ['counts']), moment)
  const answers = news.flatMap((each) => each.answers ?? [])
  expect(answers.slice(2).map(({ value }) => value)).toMatchObject([[undefined], { waiting: 1 }])
  service.serve([{ n: 0, queue: 'other', verb: 'open', args: [rules] }], moment)
  service.serve([{ n: 0, queue: 'other', verb: 'counts', args: [] }], moment)
  expect(news.at(-1)?.answers?.[0]?.value).toMatchObject({ waiting: 0 })
  service.close()
  rmSync(folder, { recursive: true })
})

test('a queue that is opened once more in the turn of other requests keeps what these have changed', () => {
  const news: FileNews[] = []
  const opening = { path: ':memory:', synchronous: 'NORMAL', boot: 'b', busy: 0 } as const
  const service = new FileService(opening, (each) => news.push(each))
  service.serve(asked(['open', rules]), moment)
  const late = { ...job('a'), delay: 100 }
  const few = { ...rules, keep: { ...rules.keep, done: { ...rules.keep.done, count: 0 } } }
  service.serve(
    asked(['pause', true], ['add', [late]], ['open', few], ['add', [job('b')]], ['counts']),
    moment,
  )
  service.serve(asked(['counts']), moment)
  expect(news.at(-1)?.answers?.[0]?.value).toMatchObject({ paused: true, delayed: 1, waiting: 1 })
  service.serve(asked(['counts']), { now: 100, date: 100 })
  expect(news.at(-1)?.answers?.[0]?.value).toMatchObject({ delayed: 0, waiting: 2 })
  service.close()
})
