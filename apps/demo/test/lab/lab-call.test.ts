import { startHttpServer } from '@net/http/testing'
import { expect, test } from 'vitest'

import { labCall } from '../../src/lab/lab-call.ts'

test('a visitor reaches the HTTP server of the lab, whatever it answers', async () => {
  await using http = await startHttpServer()
  const { example, run } = labCall({ http })
  expect(await run(example)).toMatch(/^200 \{"id":1/u)
  expect(await run(`${http.url}/status/404`)).toMatch(/^404/u)
})

test('[H-APP-10] a visitor reaches nothing else: no other port, no other address, and not by a redirect or a name', async () => {
  await using http = await startHttpServer()
  await using other = await startHttpServer()
  const { run } = labCall({ http })
  const { port } = new URL(http.url)
  for (const url of [
    other.url,
    'http://127.0.0.1:22/',
    'http://169.254.169.254/latest/meta-data/',
    `http://169.254.169.254:${port}/`,
    `http://127.0.0.2:${port}/`,
    `http://[::1]:${port}/`,
    `${http.url}/redirect/302?to=${encodeURIComponent(`${other.url}/json`)}`,
    `${http.url}/redirect/302?to=${encodeURIComponent('http://169.254.169.254/')}`,
  ]) {
    await expect(run(url)).rejects.toMatchObject({ code: 'NET_ADDRESS_BLOCKED' })
  }
  for (const url of ['file:///etc/hostname', 'ftp://127.0.0.1/', 'nonsense']) {
    await expect(run(url)).rejects.toMatchObject({ name: 'ArgumentError' })
  }
  expect(other.accepted).toBe(0)
})
