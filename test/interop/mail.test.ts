// Mail that arrives: messages of every kind through a real Postfix, read back by Python's email package, by mailparser and by
// our own parser; signatures verified by opendkim, dkimpy and mailauth; reports that Postfix makes.
import { execFile } from 'node:child_process'
import { createHash, generateKeyPairSync } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import * as smtp from '@net/smtp'
import { createCertificates } from '@net/socket/testing'
import { dkimVerify } from 'mailauth'
import { simpleParser, type AddressObject } from 'mailparser'
import { afterAll, beforeAll, expect, test, type TestContext } from 'vitest'

import { temporaryFolder } from './child.ts'
import { findDaemon, lacking, requireDaemon } from './daemon.ts'
import { requirePostfix, startPostfix, type Postfix } from './postfix.ts'

const run = promisify(execFile)
const authority = createCertificates()
const login = { tls: { ca: authority.ca }, user: 'ada', password: 'lovelace' }
const from = 'ada@example.com'
let postfix: Postfix | undefined

beforeAll(async () => {
  const isThere = ['postfix', 'dovecot'].every((name) => findDaemon(name) !== undefined)
  if (!isThere || process.getuid?.() !== 0) return
  postfix = await startPostfix({
    authority: authority.ca,
    certificate: authority.issue(),
    users: { ada: 'lovelace' },
    mailboxes: ['ada', 'charles', 'mary'],
    rewrites: {
      '^Message-ID: <rewritten@': 'Message-ID: <1@relay.example.com>',
      '^Date: Thu, 01 Jan 1970': 'Date: Fri, 02 Jan 1970 00:00:00 +0000',
    },
  })
})

afterAll(async () => {
  await postfix?.[Symbol.asyncDispose]()
})

function server(context: Pick<TestContext, 'skip'>): Postfix {
  requirePostfix(context)
  if (postfix === undefined) throw new Error('Postfix did not start')
  return postfix
}

test('300 messages of every kind arrive as they were sent, for Python, mailparser and our own parser', async (context) => {
  const { url, delivered } = server(context)
  const python = requireDaemon(context, 'python3')
  using folder = temporaryFolder('corpus')
  await using mailer = smtp.createMailer(url, login)
  const sent = new Map<string, Facts>()
  const messages = Array.from({ length: 300 }, (_, n) => generated(n))
  for (const { message, facts } of messages) sent.set(String(message.messageId), facts)
  // The others of their headers have no mailbox here.
  const envelope = { from, to: 'charles@example.com' }
  await Promise.all(messages.map(({ message }) => mailer.send(message, { envelope })))
  const paths: string[] = []
  for (let n = 0; n < messages.length; n++) {
    const raw = await delivered('charles')
    const parsed = smtp.parseMessage(raw)
    expect(factsOf(parsed)).toEqual(sent.get(String(parsed.messageId)))
    expect(parsed.defects).toEqual([])
    expect(await readByMailparser(raw)).toEqual(sent.get(String(parsed.messageId)))
    const path = join(folder.path, `${n}.eml`)
    writeFileSync(path, raw)
    paths.push(path)
  }
  const { stdout } = await run(python, ['-c', PYTHON, ...paths], { maxBuffer: 100_000_000 })
  const read = JSON.parse(stdout) as readonly { readonly id: string; readonly facts: Facts }[]
  expect(read).toHaveLength(300)
  for (const { id, facts } of read) expect(facts).toEqual(sent.get(id))
})

test('[SMTP-45] signatures of both kinds are good behind Postfix, for opendkim, dkimpy and mailauth', async (context) => {
  const { url, delivered } = server(context)
  const opendkim = requireDaemon(context, 'opendkim')
  using folder = temporaryFolder('dkim')
  const { dkim, records } = signing()
  await using relay = await smtp.connect(url, { ...login, dkim })
  const path = join(folder.path, 'mail.eml')
  for (const text of ['Grüße  aus  Zürich \n.\n\n\n', '']) {
    await relay.send({
      from,
      to: 'mary@example.com',
      subject: 'Signed, '.repeat(30),
      text,
      headers: { 'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click' },
      attachments: [smtp.attach(smtp.fromFile(import.meta.filename))],
    })
    writeFileSync(
      path,
      (await delivered('mary')).toString('latin1').replaceAll('\n', '\r\n'),
      'latin1',
    )
    const keys = join(folder.path, 'keys')
    writeFileSync(keys, `rsa._domainkey.example.com ${records.rsa}\n`)
    const configuration = join(folder.path, 'opendkim.conf')
    writeFileSync(configuration, `Mode v\nTestPublicKeys ${keys}\n`)
    const verified = await run(opendkim, ['-x', configuration, '-t', path])
    expect(`${verified.stdout}${verified.stderr}`).toContain(
      '(s=rsa, d=example.com, 2048-bit key) succeeded',
    )
    const debian = '/usr/bin/python3'
    const isThere = await run(debian, ['-c', 'import dkim, nacl']).catch(() => undefined)
    if (isThere === undefined) lacking(context, 'python3-dkim is not installed')
    const { stdout } = await run(debian, ['-c', DKIMPY, path, JSON.stringify(records)])
    expect(JSON.parse(stdout)).toEqual([true, true])
    expect(await judged(readFileSync(path), records)).toEqual(['pass', 'pass'])
  }
})

test('[SMTP-45] a signature is good behind a relay that writes its own Message-ID and Date if it leaves them out', async (context) => {
  const { url, delivered } = server(context)
  const { dkim, records } = signing()
  for (const [omit, verdict] of [
    [['message-id', 'date'], 'pass'],
    [[], 'fail'],
  ] as const) {
    const keys = dkim.map((key) => ({ ...key, omit }))
    await using relay = await smtp.connect(url, { ...login, dkim: keys })
    const messageId = '<rewritten@example.com>'
    await relay.send({ from, to: 'mary@example.com', text: 'x', messageId, date: new Date(0) })
    const raw = await delivered('mary')
    expect(raw.toString()).toContain('Message-ID: <1@relay.example.com>\nDate: Fri, 02 Jan 1970')
    const mail = Buffer.from(raw.toString().replaceAll('\n', '\r\n'))
    expect(await judged(mail, records)).toEqual([verdict, verdict])
  }
})

test('[SMTP-24] [SMTP-29] Postfix takes a message in one round trip, and reports its delivery under our word', async (context) => {
  const { url, delivered } = server(context)
  await using relay = await smtp.connect(url, { ...login, chunking: true })
  for (const name of ['CHUNKING', 'DSN', 'PIPELINING']) {
    expect(relay.capabilities.extensions.has(name)).toBe(true)
  }
  const { messageId } = await relay.send(
    { from, to: 'mary@example.com', subject: 'a report', text: '.\nx\n' },
    { dsn: { notify: ['success'], envid: 'order+17=x', return: 'headers' } },
  )
  expect((await delivered('mary')).toString()).toContain('\n\n.\nx\n')
  const { report } = smtp.parseMessage(await delivered('ada'))
  expect(report).toMatchObject({
    envid: 'order+17=x',
    messageId,
    recipients: [{ address: 'mary@example.com', failed: false, status: '2.0.0' }],
  })
  await expect(relay.send({ from, to: 'nobody@example.com', text: 'x' })).rejects.toMatchObject({
    code: 'NET_NOT_FOUND',
  })
  expect(await relay.verify('mary@example.com')).toMatchObject({ reply: { status: 252 } })
  await expect(relay.expand('staff')).rejects.toMatchObject({ code: 'NET_UNSUPPORTED' })
})

test("Python's smtplib sends to our test server, by its own choice of mechanism", async (context) => {
  const python = requireDaemon(context, 'python3')
  const { startSmtpServer } = await import('@net/smtp/testing')
  await using peer = await startSmtpServer({
    users: { ada: 'lovelace' },
    mechanisms: ['CRAM-MD5', 'PLAIN', 'LOGIN'],
    requireAuth: true,
  })
  await run(python, ['-c', SMTPLIB, String(peer.port)])
  expect(peer.received.filter((line) => line.startsWith('AUTH'))).toEqual(['AUTH CRAM-MD5'])
  const [mail] = peer.mailbox.messages
  expect(mail).toMatchObject({ user: 'ada', envelope: { to: ['bob@example.com'] } })
  expect(mail?.parsed).toMatchObject({ subject: 'Grüße', text: 'Grüße\r\n' })
})

/** What is compared of a message. */
interface Facts {
  readonly subject: string
  readonly from: readonly (readonly [string, string])[]
  readonly to: readonly (readonly [string, string])[]
  readonly text: string | null
  readonly html: string | null
  readonly files: readonly (readonly [string, string])[]
}

const WORDS = [
  'plain',
  'Grüße',
  '你好',
  'Привет',
  'שלום',
  'مرحبا',
  '日本語',
  '한국어',
  'naïve',
  '🚲',
  'x'.repeat(120),
  'a=b',
  '"quoted"',
  'semi;colon',
  "it's",
  'Ω≈ç',
  'dot.',
  '%20',
  'tab',
  'end',
] as const

const LONG = 10

function generated(n: number): { readonly message: smtp.Message; readonly facts: Facts } {
  let state = n * 7919 + 1
  const random = (below: number): number => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648
    return Math.floor((state / 2_147_483_648) * below)
  }
  const words = (count: number): string =>
    Array.from({ length: count }, () => WORDS[random(WORDS.length)]).join(' ')
  const lines = (count: number): string =>
    Array.from({ length: count }, () => `${random(4) === 0 ? '.' : ''}${words(random(12))}`).join(
      '\n',
    )
  // Python 3.11 puts a space between the encoded words of a long name.
  const short = (count: number): string => words(count).replaceAll(WORDS[LONG], 'long')
  const name = short(1 + random(3))
  const to = Array.from(
    { length: random(4) },
    (_, at) => [short(1 + random(2)), `r${at}@example.org`] as const,
  )
  const subject = words(1 + random(20))
  const text = random(5) === 0 ? null : `First. ${lines(1 + random(30))}\n`
  const html = random(2) === 0 ? null : `<p>${lines(1 + random(10))}</p>\n`
  // One is large, and read from where it lies while it is sent.
  const size = n === 0 ? 20_000_000 : random(20_000)
  const files = Array.from({ length: n === 0 ? 1 : random(3) }, (_, at) => {
    const bytes = createHash('sha512').update(`${n} ${at}`).digest()
    return {
      name: `${words(1 + random(2)).replaceAll('"', '')} ${at}.bin`,
      bytes: Buffer.alloc(size, bytes),
    }
  })
  const message: smtp.Message = {
    from: { name, address: from },
    to: [...to.map(([shown, address]) => ({ name: shown, address })), 'charles@example.com'],
    subject,
    messageId: `<${n}.corpus@example.com>`,
    headers: { 'X-Long': words(60) },
    references: Array.from({ length: random(30) }, (_, at) => `<${at}.reference@example.com>`),
    ...(text === null ? {} : { text }),
    ...(html === null ? {} : { html }),
    attachments: files.map(({ name, bytes }) =>
      smtp.attach(n % 2 === 0 ? new Blob([Uint8Array.from(bytes)]) : bytes, { name }),
    ),
  }
  const facts: Facts = {
    subject,
    from: [[name, from]],
    to: [...to, ['', 'charles@example.com']],
    text,
    html,
    files: files.map(({ name, bytes }) => [name, sha256(bytes)]),
  }
  return { message, facts }
}

function factsOf(mail: smtp.ParsedMessage): Facts {
  const people = (list: smtp.ParsedMessage['to']): Facts['to'] =>
    list.map(({ name = '', address }) => [name, address])
  const plain = (text: string | undefined): string | null => {
    const lines = text?.replaceAll('\r\n', '\n') ?? ''
    return lines.trim() === '' ? null : lines
  }
  return {
    subject: mail.subject,
    from: people(mail.from),
    to: people(mail.to),
    text: plain(mail.text),
    html: plain(mail.html),
    files: mail.attachments.map(({ name = '', content }) => [name, sha256(content)]),
  }
}

/** A key of each kind, and what DNS would have of it, by selector. */
function signing() {
  const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const ed25519 = generateKeyPairSync('ed25519')
  const dkim = [
    { domain: 'example.com', selector: 'rsa', privateKey: rsa.privateKey },
    { domain: 'example.com', selector: 'ed', privateKey: ed25519.privateKey },
  ]
  const records = {
    rsa: `v=DKIM1; k=rsa; p=${rsa.publicKey.export({ type: 'spki', format: 'der' }).toString('base64')}`,
    // The last 32 bytes of it are the key (RFC 8463, section 4).
    ed: `v=DKIM1; k=ed25519; p=${ed25519.publicKey.export({ type: 'spki', format: 'der' }).subarray(-32).toString('base64')}`,
  }
  return { dkim, records }
}

/** What mailauth says of each signature. */
async function judged(
  mail: Buffer,
  records: ReturnType<typeof signing>['records'],
): Promise<readonly string[]> {
  const { results } = await dkimVerify(mail, {
    resolver: (name: string) =>
      Promise.resolve([[records[name.startsWith('rsa.') ? 'rsa' : 'ed']]]),
  })
  return results.map(({ status }) => status.result)
}

async function readByMailparser(raw: Buffer): Promise<Facts> {
  const mail = await simpleParser(raw, {
    skipHtmlToText: true,
    skipTextToHtml: true,
    skipTextLinks: true,
    skipImageLinks: true,
  })
  const people = (fields: AddressObject | AddressObject[] | undefined): Facts['to'] =>
    [fields ?? []]
      .flat()
      .flatMap(({ value }) => value.map(({ name, address = '' }) => [name, address]))
  const shown = (text: string | false | undefined): string | null =>
    text === undefined || text === false || text.trim() === '' ? null : text
  return {
    subject: mail.subject ?? '',
    from: people(mail.from),
    to: people(mail.to),
    text: shown(mail.text),
    html: shown(mail.html),
    files: mail.attachments.map(({ filename = '', content }) => [filename, sha256(content)]),
  }
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}

const PYTHON = `
import email, email.policy, hashlib, json, sys
def people(header):
    return [[a.display_name, a.addr_spec] for a in header.addresses]
def text(part):
    if part is None: return None
    content = part.get_payload(decode=True).decode('utf-8').replace('\\r\\n', '\\n')
    return content if content.strip() else None
found = []
for path in sys.argv[1:]:
    m = email.message_from_binary_file(open(path, 'rb'), policy=email.policy.default)
    leaves = [p for p in m.walk() if not p.is_multipart()]
    shown = [p for p in leaves if p.get_content_disposition() != 'attachment']
    first = lambda kind: next((p for p in shown if p.get_content_type() == kind), None)
    files = [p for p in leaves if p.get_content_disposition() == 'attachment']
    found.append({'id': m['message-id'], 'facts': {
        'subject': m['subject'], 'from': people(m['from']), 'to': people(m['to']),
        'text': text(first('text/plain')), 'html': text(first('text/html')),
        'files': [[p.get_filename(), hashlib.sha256(p.get_payload(decode=True)).hexdigest()] for p in files],
    }})
print(json.dumps(found))
`
const DKIMPY = `
import dkim, json, sys
records = json.loads(sys.argv[2])
def lookup(name, timeout=5):
    return records[name.decode().split('.')[0]].encode()
message = open(sys.argv[1], 'rb').read()
print(json.dumps([dkim.DKIM(message).verify(idx=at, dnsfunc=lookup) for at in (0, 1)]))
`
const SMTPLIB = `
import smtplib, sys
from email.message import EmailMessage
message = EmailMessage()
message['From'], message['To'], message['Subject'] = 'ada@example.com', 'bob@example.com', 'Grüße'
message.set_content('Grüße\\n')
with smtplib.SMTP('127.0.0.1', int(sys.argv[1])) as server:
    server.login('ada', 'lovelace')
    server.send_message(message)
`
