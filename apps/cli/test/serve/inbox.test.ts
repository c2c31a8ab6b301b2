import * as http from '@net/http'
import * as smtp from '@net/smtp'
import { startSmtpServer } from '@net/smtp/testing'
import { expect, it } from 'vitest'

import { startInbox } from '../../src/serve/inbox.ts'

it('shows the mails that came, for people and for programs, and no markup of theirs', async () => {
  await using server = await startSmtpServer()
  await using inbox = await startInbox(server)
  const message = {
    from: 'ada@example.com',
    to: 'bob@example.com',
    subject: '<b>Hi</b>',
    text: 'Hello & <i>bye</i>',
  }
  await smtp.send(server.url, message)
  expect(await http.get(`${inbox.url}/messages`).json()).toMatchObject([
    {
      id: 1,
      from: 'ada@example.com',
      to: ['bob@example.com'],
      subject: '<b>Hi</b>',
      attachments: [],
    },
  ])
  const page = await http.get(`${inbox.url}/`)
  expect(page.headers.get('content-security-policy')).toBe("default-src 'none'")
  const html = await page.text()
  expect(html).toContain('&#60;b&#62;Hi')
  expect(html).not.toContain('<b>')
  expect(await http.get(`${inbox.url}/messages/1`).text()).toContain('Subject: <b>Hi</b>')
  expect((await http.get(`${inbox.url}/messages/2`, { throwHttpErrors: false })).status).toBe(404)
})
