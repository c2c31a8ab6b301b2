import { connect } from '@net/smtp'
import { startSmtpServer } from '@net/smtp/testing'
import { expect, test } from 'vitest'

import { checkAlternatives } from '../src/alternative.ts'

test('[SMTP-35] further forms of the text stand between text and HTML', async () => {
  await using server = await startSmtpServer()
  await using client = await connect(server.url)
  await client.send({
    from: 'ada@x.example',
    to: 'bob@x.example',
    text: 'plain',
    html: '<p>HTML</p>',
    alternatives: [{ type: 'text/x-amp-html', content: '<html amp4email>' }],
  })
  const { text, headers } = await server.mailbox.waitFor()
  expect(headers.get('content-type')?.[0]).toMatch(/^multipart\/alternative;/)
  expect([...text.matchAll(/^Content-Type: (\S+);/gm)].map(([, type]) => type)).toEqual([
    'text/plain',
    'text/x-amp-html',
    'text/html',
  ])
})

test('refuses what is no text and what is no list', () => {
  expect(checkAlternatives(undefined)).toEqual([])
  for (const [given, code] of [
    [[{ type: 'image/png', content: 'x' }], 'NET_BAD_OPTION'],
    [[{ type: 'text/x\r\nX: y', content: 'x' }], 'NET_INJECTION'],
    [[{ type: 'text/x' }], 'NET_BAD_OPTION'],
    ['text/x', 'NET_BAD_OPTION'],
  ] as const) {
    expect(() => checkAlternatives(given)).toThrow(expect.objectContaining({ code }))
  }
})
