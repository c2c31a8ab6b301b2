/*
 * What the dashboard's buttons run: a few lines each, as a user would write them, against the servers of the lab. The code
 * that the page shows beside a button is the function that the button runs.
 */

import { map } from '@net/async'
import type { LabScenario } from '@net/dashboard'
import { memoryFiles, mirror } from '@net/files'
import * as ftp from '@net/ftp'
import * as http from '@net/http'
import * as smtp from '@net/smtp'
import { connect } from '@net/socket'
import * as ssh from '@net/ssh'

import type { EmbeddedServers } from './embedded-servers.ts'

/** A scenario before it has its servers. */
interface Example {
  readonly name: string
  readonly title: string
  readonly run: (servers: EmbeddedServers, tell: (line: string) => void) => Promise<void>
}

/** The scenarios on these servers. */
export function labScenarios(servers: EmbeddedServers): readonly LabScenario[] {
  return EXAMPLES.map(({ name, title, run }) => ({
    name,
    title,
    code: withoutIndent(String(run)),
    run: (tell) => run(servers, tell),
  }))
}

/** The text of a method begins at its name and goes on where it stood in the file. */
function withoutIndent(code: string): string {
  return code.replaceAll('\n    ', '\n')
}

const EXAMPLES: readonly Example[] = [
  {
    name: 'http-get',
    title: 'HTTP: GET a JSON document',
    async run({ http: { url }, road: { dialer } }, tell) {
      await using client = http.createClient({ dialer })
      const post = await client.get(`${url}/json`).json()
      tell(JSON.stringify(post))
    },
  },
  {
    name: 'http-post',
    title: 'HTTP: POST JSON',
    async run({ http: { url }, road: { dialer } }, tell) {
      await using client = http.createClient({ dialer })
      const json = { title: 'Hello', body: 'from the lab' }
      tell(await client.post(`${url}/echo`, { json }).text())
    },
  },
  {
    name: 'http-many',
    title: 'HTTP: 500 requests, 50 at once',
    async run({ http: { url: baseUrl }, road: { dialer } }, tell) {
      await using client = http.createClient({ baseUrl, dialer })
      const load = () => client.get('/bytes/1000').bytes()
      const bodies = await map(Array.from({ length: 500 }), load, { concurrency: 50 })
      tell(`${bodies.length} bodies`)
    },
  },
  {
    name: 'http-missing',
    title: 'HTTP: a document that is not there',
    async run({ http: { url }, road: { dialer } }) {
      await using client = http.createClient({ dialer })
      await client.get(`${url}/status/404`)
    },
  },
  {
    name: 'ftp-upload',
    title: 'FTP: log in over TLS and upload a file',
    async run(servers, tell) {
      const { login, tls, road } = servers
      const { dialer } = road
      await using partner = await ftp.connect(servers.ftp.url, { ...login, tls, dialer })
      await partner.upload(ftp.fromText('a line of the report\n'.repeat(5000)), 'report.txt')
      for await (const entry of partner.list()) tell(`${entry.type} ${entry.name}`)
    },
  },
  {
    name: 'mail-send',
    title: 'SMTP: send a mail after STARTTLS and login',
    async run(servers, tell) {
      const { login, tls, road } = servers
      const { dialer } = road
      await using relay = await smtp.connect(servers.smtp.url, { ...login, tls, dialer })
      const result = await relay.send({
        from: 'ada@example.com',
        to: 'charles@example.com',
        subject: 'The engine',
        text: 'It weaves algebraical patterns.',
        html: '<img src="cid:wheel" alt="A wheel"><p>It weaves <em>algebraical</em> patterns.</p>',
        attachments: [
          smtp.attach(smtp.fromText(WHEEL), { type: 'image/svg+xml', cid: 'wheel' }),
          smtp.attach(smtp.fromText('1815'), { name: 'year.txt' }),
        ],
      })
      tell(`accepted for ${result.accepted.join(', ')}`)
    },
  },
  {
    name: 'mail-queue',
    title: 'Queue: five mails as jobs',
    async run({ queue }, tell) {
      const people = ['ann', 'bob', 'cy', 'dora', 'eve'].map((name) => `${name}@example.com`)
      const jobs = await Promise.all(people.map((to) => queue.add({ to })))
      for (const { id } of jobs) {
        const { payload, state, attempt } = await queue.ended(id)
        tell(`${payload.to}: ${state}, attempt ${attempt}`)
      }
    },
  },
  {
    name: 'ssh-exec',
    title: 'SSH: run a command',
    async run(servers, tell) {
      const { login, road, ssh: server } = servers
      const hostKeys = ssh.pinned(server.ssh.hostKey.fingerprint)
      const { dialer } = road
      await using host = await ssh.connect(server.url, { ...login, hostKeys, dialer })
      const { stdout, exitCode } = await host.exec(['ls', '-l', '/srv/reports'])
      tell(`${stdout.trimEnd()}, exit ${exitCode}`)
    },
  },
  {
    name: 'sftp-upload',
    title: 'SFTP: upload a file of 2 MB',
    async run(servers, tell) {
      const { login, road, ssh: server } = servers
      const hostKeys = ssh.pinned(server.ssh.hostKey.fingerprint)
      const { dialer } = road
      await using host = await ssh.connect(server.url, { ...login, hostKeys, dialer })
      await using sftp = await host.sftp()
      await sftp.upload(new Uint8Array(2_000_000).fill(65), '/backup.tar')
      tell(`${(await sftp.stat('/backup.tar')).size} bytes`)
    },
  },
  {
    name: 'mirror',
    title: 'Files: mirror a tree to FTP',
    async run(servers, tell) {
      const { login, tls, road } = servers
      const { dialer } = road
      const site = memoryFiles({ contents: { 'index.html': '<h1>Hello', 'css/site.css': 'h1 {}' } })
      await using partner = await ftp.connect(servers.ftp.url, { ...login, tls, dialer })
      await partner.mkdir('www', { recursive: true })
      const report = await mirror(site, partner.files('www'))
      tell(`${report.made} made, ${report.kept} kept`)
    },
  },
  {
    name: 'http-through-ssh',
    title: 'HTTP: a GET through an SSH tunnel',
    async run(servers, tell) {
      const { login, road, ssh: server } = servers
      const hostKeys = ssh.pinned(server.ssh.hostKey.fingerprint)
      const { dialer } = road
      await using host = await ssh.connect(server.url, { ...login, hostKeys, dialer })
      await using api = http.createClient({ dialer: host.dialer })
      tell(await api.get(`${servers.http.url}/json`).text())
    },
  },
  {
    name: 'http-through-proxies',
    title: 'HTTP: a GET through two proxies, one behind the other',
    async run(servers, tell) {
      await using api = http.createClient({ proxy: [servers.connect.url, servers.socks.url] })
      const url = servers.http.url.replace('127.0.0.1', 'api.internal')
      tell(await api.get(`${url}/json`).text())
    },
  },
  {
    name: 'tcp-echo',
    title: 'TCP: write a line, read it back',
    async run(servers, tell) {
      const { dialer } = servers.road
      await using connection = await connect(servers.echo.url, { dialer })
      await connection.write('hello\n')
      tell((await connection.readLine()) ?? 'nothing')
    },
  },
]

/** A picture. */
const WHEEL =
  '<svg xmlns="http://www.w3.org/2000/svg" width="48" height="48"><circle cx="24" cy="24" r="18" fill="none" stroke="#3b6ea5" stroke-width="8" stroke-dasharray="6 3"/></svg>'
