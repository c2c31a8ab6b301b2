import { expect, test } from 'vitest'

import { SmtpServerSession, type SmtpSessionOptions } from '../../src/testing/smtp-session.ts'

function session(options: SmtpSessionOptions = {}, offered = false): SmtpServerSession {
  return new SmtpServerSession(options, { offered, secure: false })
}

/** What the session answers to these bytes. */
function talk(server: SmtpServerSession, text: string): string[] {
  server.push(Buffer.from(text))
  const replies: string[] = []
  for (let item = server.next(); item !== undefined; item = server.next()) {
    const { reply, then } = server.handle(item)
    replies.push(reply)
    if (then === 'close') break
    if (then === 'deliver') server.reset()
  }
  return replies
}

function codes(server: SmtpServerSession, text: string): string[] {
  return talk(server, text).map((reply) => reply.slice(0, 3))
}

const MAIL =
  'EHLO x\r\nMAIL FROM:<a@b>\r\nRCPT TO:<c@d>\r\nDATA\r\nSubject: x\r\n\r\ny\r\n.\r\nQUIT\r\n'

test('takes a message, wherever its bytes are cut', () => {
  const expected = ['250', '250', '250', '354', '250', '221']
  for (let at = 0; at <= MAIL.length; at++) {
    const server = session()
    expect([...codes(server, MAIL.slice(0, at)), ...codes(server, MAIL.slice(at))]).toEqual(
      expected,
    )
  }
})

test('offers what its options say', () => {
  const [all] = talk(session({ users: { a: 'b' }, maxSize: 10 }, true), 'EHLO x\r\n')
  expect(all).toMatch(/^250-mail\.test\r\n250-PIPELINING\r\n250-SIZE 10\r\n.*250 STARTTLS$/s)
  const [plain] = talk(
    session({ users: { a: 'b' }, without: ['PIPELINING', '8BITMIME'] }),
    'EHLO x\r\n',
  )
  expect(plain).toContain('AUTH PLAIN LOGIN')
  expect(plain).not.toMatch(/PIPELINING|8BITMIME|STARTTLS/)
  expect(talk(session(), 'HELO x\r\n')).toEqual(['250 mail.test'])
})

test('keeps to the order of commands', () => {
  expect(codes(session(), 'MAIL FROM:<a@b>\r\n')).toEqual(['503'])
  expect(codes(session(), 'EHLO x\r\nRCPT TO:<a@b>\r\nDATA\r\n')).toEqual(['250', '503', '503'])
  expect(codes(session(), 'EHLO x\r\nMAIL FROM:<a@b>\r\nMAIL FROM:<a@b>\r\nDATA\r\n')).toEqual([
    '250',
    '250',
    '503',
    '554',
  ])
  expect(codes(session(), 'EHLO x\r\nMAIL FROM:<>\r\nRSET\r\nDATA\r\nNOOP\r\nVRFY x\r\n')).toEqual([
    '250',
    '250',
    '250',
    '503',
    '250',
    '252',
  ])
  expect(
    codes(session(), 'EHLO\r\nHELO\r\nNONSENSE\r\n\r\nEHLO x\r\nMAIL a@b\r\nRCPT\r\n'),
  ).toEqual(['501', '501', '500', '500', '250', '501', '503'])
})

test('logs in, and refuses', () => {
  const plain = Buffer.from('\0a\0b').toString('base64')
  const wrong = Buffer.from('\0a\0c').toString('base64')
  const users = { a: 'b' }
  expect(
    codes(session({ users }), `EHLO x\r\nAUTH PLAIN ${plain}\r\nAUTH PLAIN ${plain}\r\n`),
  ).toEqual(['250', '235', '503'])
  expect(codes(session({ users }), `EHLO x\r\nAUTH PLAIN\r\n${plain}\r\n`)).toEqual([
    '250',
    '334',
    '235',
  ])
  expect(codes(session({ users }), 'EHLO x\r\nAUTH LOGIN\r\nYQ==\r\nYg==\r\n')).toEqual([
    '250',
    '334',
    '334',
    '235',
  ])
  expect(codes(session({ users }), `EHLO x\r\nAUTH PLAIN ${wrong}\r\n`)).toEqual(['250', '535'])
  expect(
    codes(session({ users }), 'EHLO x\r\nAUTH PLAIN !!\r\nAUTH PLAIN\r\n*\r\nAUTH XOAUTH2 x\r\n'),
  ).toEqual(['250', '501', '334', '501', '504'])
  expect(codes(session(), `EHLO x\r\nAUTH PLAIN ${plain}\r\n`)).toEqual(['250', '503'])
  expect(codes(session({ users }, true), `EHLO x\r\nAUTH PLAIN ${plain}\r\n`)).toEqual([
    '250',
    '538',
  ])
  expect(codes(session({ users: { toString: 'x' } }), `EHLO x\r\nAUTH PLAIN ${wrong}\r\n`)).toEqual(
    ['250', '535'],
  )
})

test('masks what follows AUTH', () => {
  const server = session({ users: { a: 'b' } })
  expect(server.shown('AUTH PLAIN abc')).toBe('AUTH PLAIN [secret]')
  talk(server, 'EHLO x\r\nAUTH LOGIN\r\n')
  expect(server.shown('YQ==')).toBe('[secret]')
})

test('requires TLS and a login by option', () => {
  expect(
    codes(session({ requireTls: true }, true), 'EHLO x\r\nMAIL FROM:<a@b>\r\nSTARTTLS x\r\n'),
  ).toEqual(['250', '530', '501'])
  expect(codes(session({ requireAuth: true, users: {} }), 'EHLO x\r\nMAIL FROM:<a@b>\r\n')).toEqual(
    ['250', '530'],
  )
  const server = session({}, true)
  expect(codes(server, 'EHLO x\r\nMAIL FROM:<a@b>\r\nSTARTTLS\r\n')).toEqual(['250', '250', '220'])
  server.secured()
  expect(server.secure).toBe(true)
  expect(codes(server, 'MAIL FROM:<a@b>\r\nEHLO x\r\nSTARTTLS\r\n')).toEqual(['503', '250', '503'])
})

test('refuses recipients, sizes and crowds', () => {
  const server = session({ refuse: { 'c@d': '450 4.2.0 later' }, maxSize: 20, maxRecipients: 1 })
  const start =
    'EHLO x\r\nMAIL FROM:<a@b> SIZE=21\r\nMAIL FROM:<a@b>\r\nRCPT TO:<c@d>\r\nRCPT TO:<e@f>\r\nRCPT TO:<g@h>\r\n'
  expect(codes(server, start)).toEqual(['250', '552', '250', '450', '250', '452'])
  expect(codes(server, `DATA\r\n${'x'.repeat(30)}\r\n.\r\nNOOP\r\n`)).toEqual(['354', '552', '250'])
})

test('[H-SMTP-12] refuses messages with bare line ends', () => {
  expect(
    codes(session(), 'EHLO x\r\nMAIL FROM:<a@b>\r\nRCPT TO:<c@d>\r\nDATA\r\na\nb\r\n.\r\n'),
  ).toEqual(['250', '250', '250', '354', '550'])
})

test('[H-SMTP-21] ends a dialogue that is nothing but errors, and one with an endless line', () => {
  const errors = codes(session(), 'NONSENSE\r\n'.repeat(100))
  expect(errors).toHaveLength(21)
  expect(errors.at(-1)).toBe('421')
  expect(codes(session(), 'x'.repeat(5000))).toEqual(['500'])
})
