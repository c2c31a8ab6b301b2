import { startHttpServer } from '@net/http/testing'
import { expect, it } from 'vitest'

import { net } from '../net.ts'

it('sends form data, bytes and forms, and prints the answer', async () => {
  await using web = await startHttpServer({
    routes: {
      '/': async (request, exchange) => ({
        body: `${request.method} ${request.headers['content-type'] ?? ''}\n${Buffer.from(await exchange.bytes()).toString('utf8')}`,
      }),
    },
  })
  const url = `${web.url}/`
  expect((await net(['post', url, '-d', 'a=1', '-d', 'b=2'])).out).toBe(
    'POST application/x-www-form-urlencoded\na=1&b=2',
  )
  const typed = ['-H', 'content-type: text/csv', '-X', 'PUT']
  expect((await net(['post', url, '--data-binary', '@-', ...typed], { stdin: 'a,b\n' })).out).toBe(
    'PUT text/csv\na,b\n',
  )
  expect((await net(['post', url, '-F', 'a=1'])).out).toMatch(
    /^POST multipart\/form-data; boundary=[^]*name="a"\r\n\r\n1\r\n/,
  )
  expect(await net(['post', 'ftp://h/'])).toMatchObject({ code: 2 })
})
