// The Python examples of docs/guide/from-python.md, run by Debian's Python against our embedded servers: they print what
// they say, and the servers get what was meant.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { startFtpServer, type FtpServer } from '@net/ftp/testing'
import { startHttpServer, type HttpServer } from '@net/http/testing'
import { startSmtpServer, type SmtpServer } from '@net/smtp/testing'
import { createCertificates } from '@net/socket/testing'
import { startSshServer, type SshServer } from '@net/ssh/testing'
import { expect, test } from 'vitest'
import { root } from '@tools/workspace'

import { temporaryFolder } from './child.ts'
import { pythonFences } from './python-fences.ts'
import { requirePython, runFence } from './python-guide.ts'

/** What the examples talk to, at the ports that are written in them. */
interface Servers extends AsyncDisposable {
  readonly http: HttpServer
  readonly ftp: FtpServer
  readonly smtp: SmtpServer
  readonly ssh: SshServer
  /** Their ports by those of the document. */
  readonly ports: ReadonlyMap<string, string>
}

const guide = readFileSync(join(root, 'docs/guide/from-python.md'), 'utf8')
const authority = createCertificates()

/** What the servers got, by the heading of the example. */
const received: Readonly<Record<string, (servers: Servers, home: string) => void>> = {
  'A greeting over TCP': () => {},
  'GET a JSON document': ({ http }) => {
    expect(http.received).toMatchObject([{ method: 'GET', path: '/json' }])
  },
  'POST JSON': ({ http }) => {
    const bodies = http.received.map(({ body }) => JSON.parse(Buffer.from(body).toString()))
    const post = { title: 'Hello', body: 'from Python' }
    expect(bodies).toEqual([post, post])
  },
  'Upload a file over FTP': ({ ftp }) => {
    expect(ftp.files.text('/report.csv')).toBe(REPORT)
    expect(ftp.received).toContain('PROT P')
  },
  'Mail over STARTTLS, with login': ({ smtp }) => {
    const envelope = { from: 'ada@example.com', to: ['charles@example.com'] }
    expect(smtp.mailbox.messages).toMatchObject([{ user: 'ada', secure: true, envelope }])
  },
  'A command over SSH': ({ ssh }, home) => {
    const commands = ssh.received.filter(({ what }) => what === 'exec')
    expect(commands.map(({ text }) => text)).toEqual(['ls /srv'])
    const { port } = ssh.address
    expect(readFileSync(join(home, '.ssh/known_hosts'), 'utf8')).toBe(
      ssh.knownHostsLine.replace(`[127.0.0.1]:${port}`, `[localhost]:${port}`),
    )
  },
  'Many requests at once': ({ http }) => {
    const pages = http.received.map(({ query }) => Number(query.get('page')))
    expect(pages.toSorted((a, b) => a - b)).toEqual([...Array(100).keys()])
  },
}

test.for(pythonFences(guide))(
  'from-python.md:$line prints and sends what it says: $heading',
  async ({ heading, code, prints }, context) => {
    await requirePython(context, 'requests, aiohttp, paramiko')
    await using servers = await startServers()
    using home = temporaryFolder('python')
    writeFileSync(join(home.path, 'ca.pem'), authority.ca)
    writeFileSync(join(home.path, 'report.csv'), REPORT)
    mkdirSync(join(home.path, '.ssh'))
    writeFileSync(join(home.path, '.ssh/known_hosts'), '')
    const outcome = await runFence(code, home.path, servers.ports)
    expect(outcome).toEqual({ prints, failure: '' })
    received[heading]?.(servers, home.path)
  },
)

test('every example prints what its comment says, and its server got the requests', () => {
  const fences = pythonFences(guide)
  expect(new Set(fences.map(({ heading }) => heading))).toEqual(new Set(Object.keys(received)))
  expect(fences.filter(({ prints }) => prints.length === 0)).toEqual([])
})

async function startServers(): Promise<Servers> {
  const users = { ada: 'lovelace' }
  const tls = authority.issue()
  await using opened = new AsyncDisposableStack()
  const http = opened.use(await startHttpServer())
  const ftp = opened.use(await startFtpServer({ users, tls, requireTls: true }))
  const smtp = opened.use(
    await startSmtpServer({ users, tls, requireTls: true, requireAuth: true }),
  )
  const ssh = opened.use(await startSshServer({ exec: { ls: 'report.csv\n' } }))
  const urls = { 8000: http.url, 2121: ftp.url, 2525: smtp.url, 2222: ssh.url }
  const ports = Object.entries(urls).map(([port, url]) => [port, new URL(url).port] as const)
  const all = opened.move()
  return {
    http,
    ftp,
    smtp,
    ssh,
    ports: new Map(ports),
    [Symbol.asyncDispose]: () => all.disposeAsync(),
  }
}

const REPORT = 'a,b\n1,2\n'
