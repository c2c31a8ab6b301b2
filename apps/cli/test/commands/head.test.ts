import { startFtpServer } from '@net/ftp/testing'
import { startHttpServer } from '@net/http/testing'
import { expect, it } from 'vitest'

import { net } from '../net.ts'

it('prints what the server says, without the document', async () => {
  await using web = await startHttpServer({
    routes: { '/a': { body: 'text', headers: { 'x-a': '1' } } },
  })
  const { code, out } = await net(['head', `${web.url}/a`])
  expect({ code, out }).toEqual({
    code: 0,
    out: expect.stringMatching(/^HTTP\/1\.1 200 OK\n[^]*x-a: 1\n/i),
  })
  expect(web.received[0]?.method).toBe('HEAD')
  const { events } = await net(['head', '--json', `${web.url}/a`])
  expect(events).toMatchObject([{ type: 'response', status: 200, headers: { 'x-a': '1' } }])
  await using ftp = await startFtpServer({ files: { a: 'text' } })
  expect((await net(['head', `${ftp.url}/a`])).out).toMatch(/^- .* 4 .* a\n$/)
})

it('has all lines of a header field with --json', async () => {
  const headers = { 'set-cookie': ['a=1', 'b=2'], 'x-a': '1' }
  await using web = await startHttpServer({ routes: { '/a': { body: 'text', headers } } })
  const fields = { 'set-cookie': ['a=1', 'b=2'], 'x-a': '1' }
  for (const verb of ['head', 'get']) {
    const { events } = await net([verb, '--json', `${web.url}/a`])
    expect(events).toMatchObject([{ type: 'response', headers: fields }])
  }
})

it('sends nothing with --dry-run', async () => {
  await using web = await startHttpServer({ routes: { '/a': { body: 'text' } } })
  const { code, out } = await net(['head', '--dry-run', '-X', 'DELETE', `${web.url}/a`])
  expect({ code, out }).toEqual({ code: 0, out: expect.stringMatching(/^curl .*DELETE.*\/a/) })
  expect(web.received).toEqual([])
})
