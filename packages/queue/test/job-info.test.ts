import { expect, test } from 'vitest'

import { infoOf } from '../src/job-info.ts'
import type { StoredJob } from '../src/store.ts'

const job: StoredJob = {
  id: 'a',
  place: 1,
  state: 'done',
  payload: '{"n":1}',
  priority: 2,
  attempts: 3,
  starts: 1,
  added: 4,
}

test('a kept job is told with what is known of it', () => {
  expect(infoOf(job)).toEqual({
    id: 'a',
    state: 'done',
    payload: { n: 1 },
    priority: 2,
    attempts: 3,
    attempt: 1,
    added: 4,
  })
  const more = {
    ...job,
    result: 'null',
    progress: '{"transferred":1}',
    mark: 'sent',
    due: undefined,
  }
  const info = infoOf(more)
  expect(info).toMatchObject({ result: null, progress: { transferred: 1 }, mark: 'sent' })
  expect(info).not.toHaveProperty('due')
})

test('its error comes back as what it was', () => {
  const error = '{"name":"ReplyError","message":"no","code":"NET_REPLY_PERMANENT"}'
  expect(infoOf({ ...job, error }).error).toMatchObject({ code: 'NET_REPLY_PERMANENT' })
})
