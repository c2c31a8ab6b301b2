import { writeFileSync } from 'node:fs'
import { join } from 'node:path'

import { startSmtpServer } from '@net/smtp/testing'
import { describe, expect, it } from 'vitest'

import { net, temporaryFolder } from '../net.ts'

const people = ['--from', 'ada@example.com', '--to', 'bob@example.com']

describe('net send', () => {
  it('sends a text of standard input with attachments', async () => {
    using folder = temporaryFolder()
    writeFileSync(join(folder.path, 'a.csv'), 'a,b\n')
    await using server = await startSmtpServer({ users: { ada: 'love' } })
    const args = [
      'send',
      server.url,
      ...people,
      '--cc',
      'eve@example.com',
      '--subject',
      'Hi',
      '--attach',
      join(folder.path, 'a.csv'),
      '-u',
      'ada',
      '-H',
      'X-One: 1',
      '-H',
      'X-One: 2',
    ]
    const { code, err } = await net(args, { stdin: 'Hello\n', env: { NET_PASSWORD: 'love' } })
    expect({ code, err }).toEqual({
      code: 0,
      err: 'accepted for bob@example.com, eve@example.com\n',
    })
    const mail = server.mailbox.messages[0]!
    expect(mail.parsed).toMatchObject({ subject: 'Hi', text: 'Hello\r\n' })
    expect(mail.parsed.attachments.map(({ name }) => name)).toEqual(['a.csv'])
    expect(mail).toMatchObject({ user: 'ada' })
    expect(Buffer.from(mail.raw).toString()).toMatch(/^X-One: 1\r\n[^]*^X-One: 2\r\n/m)
  })

  it('ends with 1 if some recipients were refused, and says which', async () => {
    await using server = await startSmtpServer({
      refuse: { 'eve@example.com': '550 No such user' },
    })
    const args = [
      'send',
      server.url,
      ...people,
      '--to',
      'eve@example.com',
      '--text',
      'x',
      '--html',
      '<b>x</b>',
    ]
    const { code, err } = await net(args)
    expect(code).toBe(1)
    expect(err).toMatch(/^net send: eve@example\.com: .*550 No such user/)
    const { events } = await net([...args, '--json'])
    expect(events).toMatchObject([
      { type: 'sent', delivery: 'partial', accepted: ['bob@example.com'] },
    ])
  })

  it('asks for the password at the terminal, and once more after a refusal', async () => {
    await using server = await startSmtpServer({ users: { ada: 'love' } })
    const args = ['send', server.url.replace('//', '//ada@'), ...people, '--text', 'x']
    const { code, asked, err } = await net(args, { keys: 'hate\rlove\r' })
    expect(code).toBe(0)
    expect(asked).toBe('password of ada@127.0.0.1: \nrefused. password of ada@127.0.0.1: \n')
    expect(asked + err).not.toMatch(/love|hate/)
    const refused = await net(args, { env: { NET_PASSWORD: 'hate' } })
    expect(refused.code).toBe(6)
    expect(await net(args)).toMatchObject({
      code: 2,
      err: expect.stringContaining('set NET_PASSWORD'),
    })
    expect(await net(args, { keys: 'lo\u0003' })).toMatchObject({ code: 130 })
  })

  it('says what is missing', async () => {
    expect((await net(['send', 'smtp://h', '--to', 'a@b'])).err).toBe(
      'net send: --from is missing\n',
    )
    expect((await net(['send', 'smtp://h', '--from', 'a@b'])).err).toBe(
      'net send: --to is missing\n',
    )
    expect((await net(['send', 'ftp://h', ...people, '--text', ''])).code).toBe(2)
  })
})
