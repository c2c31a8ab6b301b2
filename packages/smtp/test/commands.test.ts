import { connect } from '@net/smtp'
import { startSmtpServer } from '@net/smtp/testing'
import { expect, test } from 'vitest'

import { startPeer, type ScriptedPeer } from './scripted-peer.ts'

function answering(...replies: readonly string[]): Promise<ScriptedPeer> {
  return startPeer(async ({ say, hear }) => {
    await say('220 peer\r\n')
    for (const reply of ['250-peer\r\n250 HELP', ...replies]) {
      await hear()
      await say(`${reply}\r\n`)
    }
  })
}

test('[SMTP-32] VRFY tells whom the server knows, whom it may know, and whom it does not', async () => {
  await using peer = await answering(
    '250 Bob <bob@x.example>',
    '252 2.1.5 send and see',
    '550 5.1.1 no such user',
  )
  await using client = await connect(peer.url)
  expect(await client.verify('bob@x.example')).toMatchObject({
    known: true,
    mailboxes: ['Bob <bob@x.example>'],
  })
  expect(await client.verify('Eve <eve@x.example>')).toMatchObject({ known: false, mailboxes: [] })
  await expect(client.verify('no@x.example')).rejects.toMatchObject({ code: 'NET_NOT_FOUND' })
  expect(peer.lines.slice(1)).toEqual([
    'VRFY bob@x.example',
    'VRFY eve@x.example',
    'VRFY no@x.example',
  ])
  await client.close({ grace: 0 })
})

test('[SMTP-32] EXPN tells who is on a list, and HELP what the server says', async () => {
  await using peer = await answering(
    '250-Bob <bob@x.example>\r\n250 <eve@x.example>',
    '502 5.5.1 no lists',
    '214-Commands:\r\n214 MAIL RCPT',
    '214 one line',
  )
  await using client = await connect(peer.url)
  expect(await client.expand('staff')).toEqual(['Bob <bob@x.example>', '<eve@x.example>'])
  await expect(client.expand('staff')).rejects.toMatchObject({ code: 'NET_UNSUPPORTED' })
  expect(await client.help()).toBe('Commands:\nMAIL RCPT')
  expect(await client.help('MAIL')).toBe('one line')
  expect(peer.lines.slice(1)).toEqual(['EXPN staff', 'EXPN staff', 'HELP', 'HELP MAIL'])
  await client.close({ grace: 0 })
})

test('[SMTP-33] a command of your own gives its reply, also one that refuses', async () => {
  await using server = await startSmtpServer()
  await using client = await connect(server.url)
  expect(await client.command('NOOP')).toMatchObject({ status: 250, enhanced: '2.0.0' })
  expect(await client.command('XTRA of mine')).toMatchObject({ status: 500 })
  expect(await client.command('MAIL FROM:<a@x.example>')).toMatchObject({ status: 250 })
  // The transaction that this began is over before the next one.
  await client.send({ from: 'ada@x.example', to: 'bob@x.example', text: 'x' })
  expect(server.mailbox.messages).toHaveLength(1)
  expect(server.received.slice(1, 5)).toEqual([
    'NOOP',
    'XTRA of mine',
    'MAIL FROM:<a@x.example>',
    'RSET',
  ])
})

test('[SMTP-33] a command that is two, or that changes what the connection means, is not sent', async () => {
  await using server = await startSmtpServer()
  await using client = await connect(server.url)
  for (const [line, code] of [
    ['NOOP\r\nMAIL', 'NET_INJECTION'],
    ['', 'NET_BAD_OPTION'],
    ['DATA', 'NET_BAD_OPTION'],
    ['auth PLAIN x', 'NET_BAD_OPTION'],
    ['STARTTLS', 'NET_BAD_OPTION'],
  ] as const) {
    await expect(client.command(line)).rejects.toMatchObject({ code, operation: 'command' })
  }
  await expect(client.verify('a b')).rejects.toMatchObject({ code: 'NET_BAD_ADDRESS' })
  await expect(client.expand('x\ny')).rejects.toMatchObject({ code: 'NET_INJECTION' })
  expect(server.received).toHaveLength(1)
})

test('a server that leaves with its answer is left', async () => {
  await using peer = await answering('421 4.3.2 goodbye')
  await using client = await connect(peer.url)
  expect(await client.command('NOOP')).toMatchObject({ status: 421 })
  expect(await client.closed).toMatchObject({ code: 'NET_CONN_SHUTDOWN' })
})
