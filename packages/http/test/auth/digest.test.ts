import * as http from '@net/http'
import { digestGuard, startHttpServer } from '@net/http/testing'
import { expect, test } from 'vitest'

test('one value serves several clients, which share its challenges', async () => {
  const users = { ada: 'open sesame' }
  const routes = { '/in': digestGuard({ users }, () => ({ body: 'welcome' })) }
  await using server = await startHttpServer({ routes })
  const auth = http.digest('ada', 'open sesame')
  await using one = http.createClient({ baseUrl: server.url, auth })
  await using other = http.createClient({ baseUrl: server.url, auth })
  const texts = await Promise.all([one.get('/in').text(), other.get('/in').text()])
  expect(texts).toEqual(['welcome', 'welcome'])
  const told = server.received.map(({ headers }) => headers.authorization)
  expect(told.filter((each) => each === undefined)).toHaveLength(1)
})

test.each([
  [['a\nb', 'p'], 'NET_INJECTION'],
  [['ada', undefined], 'NET_BAD_OPTION'],
])('wrong arguments %j are refused', ([user, password], code) => {
  expect(() => http.digest(user as string, password as string)).toThrow(
    expect.objectContaining({ code }),
  )
})
