import * as http from '@net/http'
import { startHttpServer } from '@net/http/testing'
import { expect, test } from 'vitest'

test('the fields of a form, of either kind', async () => {
  await using server = await startHttpServer()
  const url = `${server.url}/form`
  expect(await http.post(url, { form: { a: '1', b: ['2', '3'] } }).json()).toEqual([
    ['a', '1'],
    ['b', '2'],
    ['b', '3'],
  ])
  const multipart = { f: new File(['abc'], 'a.txt', { type: 'text/plain' }) }
  expect(await http.post(url, { multipart }).json()).toMatchObject([
    ['f', { filename: 'a.txt', size: 3 }],
  ])
})

test('what is no form', async () => {
  await using server = await startHttpServer()
  const post = http.post(`${server.url}/form`, { json: 1 })
  await expect(post).rejects.toMatchObject({ status: 400 })
})
