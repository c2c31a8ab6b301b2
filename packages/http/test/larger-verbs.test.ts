import { toFile } from '@net/core'
import * as http from '@net/http'
import { expect, test } from 'vitest'

test('a closed client begins none of them', async () => {
  const client = http.createClient({ baseUrl: 'http://127.0.0.1:9' })
  await client.close()
  const closed = { code: 'NET_CLOSED' }
  await expect(client.download('/a', toFile('/nowhere/a'))).rejects.toMatchObject(closed)
  await expect(client.webSocket('/a')).rejects.toMatchObject(closed)
  await expect(Array.fromAsync(client.eventSource('/a'))).rejects.toMatchObject(closed)
  await expect(client.fetch('/a')).rejects.toMatchObject({ cause: closed })
})

test('what is wrong is told by the name of the verb', async () => {
  await using client = http.createClient()
  const url = 'http://127.0.0.1:9/'
  const download = client.download(url, 'file.bin' as never)
  await expect(download).rejects.toMatchObject({ code: 'NET_BAD_OPTION', operation: 'download' })
  const options = { protocol: 'a' } as http.WebSocketOptions
  await expect(client.webSocket(url, options)).rejects.toMatchObject({
    code: 'NET_BAD_OPTION',
    operation: 'webSocket',
  })
  await expect(client.webSocket('ftp://host/')).rejects.toMatchObject({ code: 'NET_BAD_URL' })
})

test('fetch needs no receiver', async () => {
  const { fetch } = http.createClient({ handler: async () => http.createResponse({ text: 'x' }) })
  expect(await (await fetch('http://a.example/')).text()).toBe('x')
})
