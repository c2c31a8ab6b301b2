import { connect, type Message, type SendOptions } from '@net/smtp'
import { startSmtpServer } from '@net/smtp/testing'
import { createCertificates } from '@net/socket/testing'
import { expect, test } from 'vitest'

import { parseCapabilities } from '../src/capabilities.ts'
import { extensionParameters } from '../src/extensions.ts'

const message: Message = { from: 'ada@x.example', to: 'bob@x.example', text: 'y' }
const extensions = ['REQUIRETLS', 'MT-PRIORITY MIXER', 'DELIVERBY 240']

test('[SMTP-24] reports are asked for in MAIL and RCPT, for each recipient under the name that was given', async () => {
  await using server = await startSmtpServer()
  await using client = await connect(server.url)
  await client.send(
    { ...message, to: ['Bob@X.example', 'eve@x.example'] },
    {
      dsn: {
        notify: ['success', 'failure', 'delay'],
        return: 'headers',
        envid: 'QQ+1=2',
        originalRecipients: { 'Bob@X.example': 'old+bob@x.example' },
      },
    },
  )
  await client.send(message, { dsn: { notify: 'never', return: 'full' } })
  const commands = server.received.filter((line) => /^(MAIL|RCPT)/.test(line))
  expect(commands.map((line) => line.replace(/ SIZE=\d+/, ''))).toEqual([
    'MAIL FROM:<ada@x.example> RET=HDRS ENVID=QQ+2B1+3D2',
    'RCPT TO:<Bob@x.example> NOTIFY=SUCCESS,FAILURE,DELAY ORCPT=rfc822;old+2Bbob@x.example',
    'RCPT TO:<eve@x.example> NOTIFY=SUCCESS,FAILURE,DELAY',
    'MAIL FROM:<ada@x.example> RET=FULL',
    'RCPT TO:<bob@x.example> NOTIFY=NEVER',
  ])
})

test('[SMTP-29] TLS on the whole way, priority and a time limit are asked for where they are offered', async () => {
  const authority = createCertificates()
  await using server = await startSmtpServer({ tls: authority.issue(), extensions })
  await using client = await connect(server.url, { tls: { ca: authority.ca } })
  await client.send(message, { requireTls: true, priority: -3, deliverBy: { seconds: 300 } })
  await client.send(message, { deliverBy: { seconds: 10, otherwise: 'notify' } })
  expect(server.received.filter((line) => line.startsWith('MAIL'))).toEqual([
    expect.stringMatching(/ REQUIRETLS MT-PRIORITY=-3 BY=300;R$/),
    expect.stringMatching(/ BY=10;N$/),
  ])
  await expect(client.send(message, { deliverBy: { seconds: 10 } })).rejects.toMatchObject({
    code: 'NET_UNSUPPORTED',
    limit: 240_000,
  })
})

test('[SMTP-24] [SMTP-29] what a server does not offer is refused, and nothing is sent', async () => {
  await using server = await startSmtpServer({ without: ['DSN'] })
  await using client = await connect(server.url)
  const options: SendOptions[] = [
    { dsn: { notify: 'never' } },
    { priority: 1 },
    { deliverBy: { seconds: 300 } },
  ]
  for (const each of options) {
    await expect(client.send(message, each)).rejects.toMatchObject({ code: 'NET_UNSUPPORTED' })
  }
  await expect(client.send(message, { requireTls: true })).rejects.toMatchObject({
    code: 'NET_TLS_UNAVAILABLE',
  })
  expect(server.received).toHaveLength(1)
})

test('an address beyond ASCII is named in a report as RFC 6533 has it', () => {
  const capabilities = parseCapabilities({ status: 250, text: 'x\nDSN' })
  const { rcpt } = extensionParameters(
    { dsn: { originalRecipients: { b: 'jürgen@x.example' } } },
    capabilities,
    false,
  )
  expect(rcpt('b')).toBe(String.raw` ORCPT=utf-8;j\x{FC}rgen@x.example`)
  expect(rcpt('toString')).toBe('')
})

test('wrong values are refused before anything is sent', async () => {
  await using server = await startSmtpServer({ extensions })
  await using client = await connect(server.url)
  for (const options of [
    { dsn: { envid: 'a b' } },
    { dsn: { envid: 'a\r\nRCPT' } },
    { dsn: { notify: ['sometimes'] } },
    { priority: 10 },
    { deliverBy: {} },
    { deliverBy: { seconds: 0.5 } },
  ]) {
    await expect(client.send(message, options as never)).rejects.toMatchObject({
      code: 'NET_BAD_OPTION',
    })
  }
  expect(server.received).toHaveLength(1)
})
