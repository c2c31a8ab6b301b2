import * as http from '@net/http'
import { startHttpServer } from '@net/http/testing'
import { expect, test } from 'vitest'

import { fileRoutes } from '../../src/testing/files.ts'

test('files with types, tags and parts', async () => {
  const files = { '/report.csv': 'a,b\n1,2\n', '/raw': Uint8Array.of(1, 2, 3) }
  await using server = await startHttpServer({ files })
  await using client = http.createClient({ baseUrl: server.url })
  const whole = await client.get('/report.csv')
  expect([await whole.text(), whole.headers.get('content-type')]).toEqual([
    'a,b\n1,2\n',
    'text/csv',
  ])
  const etag = whole.headers.get('etag')!
  const part = await client.get('/report.csv', { headers: { range: 'bytes=4-', 'if-range': etag } })
  expect([part.status, await part.text()]).toEqual([206, '1,2\n'])
  const known = await client.get('/report.csv', { headers: { 'if-none-match': etag } })
  expect([known.status, await known.text()]).toEqual([304, ''])
  expect([...(await client.get('/raw').bytes())]).toEqual([1, 2, 3])
  expect((await client.head('/raw')).headers.get('content-length')).toBe('3')
  await expect(client.put('/raw', { body: 'x' })).rejects.toMatchObject({ status: 405 })
})

test('a route for each file', () => {
  expect(Object.keys(fileRoutes({ '/a.txt': 'a', '/b': '' }))).toEqual(['/a.txt', '/b'])
})
