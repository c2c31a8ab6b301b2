import { connect as connectTcp, type Connection } from '@net/socket'
import { createCertificates } from '@net/socket/testing'
import { startSmtpServer } from '@net/smtp/testing'
import { useFakeClock } from '@net/core/testing'
import { createTransport } from 'nodemailer'
import { expect, test } from 'vitest'

const certificates = createCertificates()

async function say(connection: Connection, line: string): Promise<string | null> {
  await connection.write(`${line}\r\n`)
  return connection.readLine()
}

test('serves the bare engine over STARTTLS with a login', async () => {
  await using server = await startSmtpServer({
    tls: certificates.issue(),
    users: { ada: 'a-password-of-ours' },
    requireAuth: true,
    requireTls: true,
  })
  const transport = createTransport({
    host: '127.0.0.1',
    port: server.port,
    requireTLS: true,
    auth: { user: 'ada', pass: 'a-password-of-ours' },
    tls: { ca: certificates.ca },
  })
  await transport.sendMail({
    from: 'ada@example.com',
    to: 'bob@example.com',
    subject: 'x',
    text: 'y',
  })
  transport.close()
  const mail = await server.mailbox.waitFor()
  expect(mail).toMatchObject({ secure: true, user: 'ada', text: expect.stringContaining('y') })
  expect(server.received).toContain('AUTH PLAIN [secret]')
})

test('serves the bare engine over TLS from the first byte', async () => {
  await using server = await startSmtpServer({ tls: certificates.issue(), implicit: true })
  expect(server.url).toMatch(/^smtps:/)
  const transport = createTransport({
    host: '127.0.0.1',
    port: server.port,
    secure: true,
    tls: { ca: certificates.ca },
  })
  await transport.sendMail({ from: 'ada@example.com', to: 'bob@example.com', text: 'y' })
  transport.close()
  expect(server.mailbox.messages).toHaveLength(1)
})

test('[H-SMTP-21] refuses what follows STARTTLS in clear', async () => {
  await using server = await startSmtpServer({ tls: certificates.issue() })
  await using connection = await connectTcp(`tcp://127.0.0.1:${server.port}`)
  await connection.readLine()
  await connection.write('EHLO x\r\nSTARTTLS\r\nNOOP\r\n')
  expect(await connection.readText()).toMatch(/554 5\.5\.1 Nothing may follow STARTTLS\r\n$/)
})

test('faults take the place of what should have been', async () => {
  await using server = await startSmtpServer()
  const url = `tcp://127.0.0.1:${server.port}`
  server.fail({ on: 'NOOP', do: { reply: '250 mine' } })
  server.fail({ on: 'RSET', do: 'garbage' })
  {
    await using connection = await connectTcp(url)
    expect(await connection.readLine()).toBe('220 mail.test ESMTP')
    expect(await say(connection, 'NOOP')).toBe('250 mine')
    expect(await say(connection, 'NOOP')).toBe('250 2.0.0 Still here')
    await connection.write('RSET\r\n')
    expect((await connection.readExactly(64))[0]).toBe(129)
  }
  for (const fault of ['drop', 'half-close'] as const) {
    server.fail({ on: 'NOOP', do: fault })
    await using connection = await connectTcp(url)
    await connection.readLine()
    expect(await say(connection, 'NOOP')).toBeNull()
  }
  server.fail({ after: 8, do: 'reset' })
  await using connection = await connectTcp(url)
  await connection.readLine()
  await expect(say(connection, 'NOOP too long')).rejects.toMatchObject({ code: 'NET_CONN_RESET' })
})

test('a delay is measured by the clock, and the right reply follows', async () => {
  await using server = await startSmtpServer()
  using clock = useFakeClock()
  await using connection = await connectTcp(`tcp://127.0.0.1:${server.port}`)
  await connection.readLine()
  server.fail({ on: 'NOOP', do: { delay: 5000 } })
  let reply: string | null = null
  const said = say(connection, 'NOOP').then((line) => {
    reply = line
  })
  await clock.until(() => server.received.includes('NOOP'))
  await clock.advance(4999)
  expect(reply).toBeNull()
  await clock.advance(1)
  await said
  expect(reply).toBe('250 2.0.0 Still here')
})

test('closing it ends everything, also what stalls', async () => {
  const server = await startSmtpServer()
  server.fail({ on: 'greeting', do: 'stall' })
  await using connection = await connectTcp(`tcp://127.0.0.1:${server.port}`)
  await expect.poll(() => server.connections).toBe(1)
  await server.close()
  expect(server.connections).toBe(0)
  // By a reset, where the server was at work, or by an end.
  expect(await connection.read().catch(() => null)).toBeNull()
})

test('refuses options that it does not have, and those of another shape', async () => {
  for (const wrong of [
    { user: 'ada' },
    { users: ['ada'] },
    { requireTLS: true },
    { maxSize: '10' },
    { without: 'PIPELINING' },
    { refuse: { 'a@b.example': 550 } },
    { tls: true },
  ]) {
    await expect(startSmtpServer(wrong as never)).rejects.toMatchObject({
      code: 'NET_BAD_OPTION',
      message: expect.stringMatching(/^smtp startSmtpServer: /),
    })
  }
  await using server = await startSmtpServer({ users: undefined, tls: undefined })
  expect(server.connections).toBe(0)
  expect(() => server.fail({ do: 'explode' } as never)).toThrow(
    expect.objectContaining({ code: 'NET_BAD_OPTION' }),
  )
})
