// Our connections against programs of others: OpenSSL's server with each certificate of the set, clients of our listeners,
// and load balancers and proxies of all kinds on the road.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'

import * as ftp from '@net/ftp'
import { startFtpServer } from '@net/ftp/testing'
import * as http from '@net/http'
import { startHttpServer } from '@net/http/testing'
import * as smtp from '@net/smtp'
import { startSmtpServer } from '@net/smtp/testing'
import {
  connect,
  listen,
  proxyProtocolDialer,
  type ConnectionInfo,
  type TlsOptions,
} from '@net/socket'
import { createCertificates, startEchoServer, type IssueOptions } from '@net/socket/testing'
import * as ssh from '@net/ssh'
import { startSftpServer, startSshServer, type SshServer } from '@net/ssh/testing'

import { freePort, startChild } from './child.ts'
import { requireDaemon, requireRoot } from './daemon.ts'
import { runProgram } from './run-program.ts'
import { testFolder } from './test-folder.ts'
import { squidProxy, startWebServer } from './web-server.ts'

test.for<[string, IssueOptions, TlsOptions, string]>([
  ['a good one', {}, {}, 'TLSv1.3'],
  ['one of an intermediate authority', { intermediate: true }, {}, 'TLSv1.3'],
  ['one that is revoked', { revoked: true }, {}, 'NET_TLS_CERT_REVOKED'],
  ['one that is expired', { expired: true }, {}, 'NET_TLS_CERT_EXPIRED'],
  ['one that is not valid yet', { notYetValid: true }, {}, 'NET_TLS_CERT_EXPIRED'],
  ['one that signs itself', { selfSigned: true }, {}, 'NET_TLS_CERT_UNTRUSTED'],
  ['one for another host', { names: ['other.test'] }, {}, 'NET_TLS_CERT_HOST'],
  ['one with a weak key', { weak: true }, { ciphers: 'DEFAULT@SECLEVEL=2' }, 'NET_TLS_'],
])('openssl s_server with %s', async ([, issue, tls, expected], { skip }) => {
  const openssl = requireDaemon({ skip }, 'openssl')
  const folder = testFolder()
  const authority = createCertificates()
  const { cert, key } = authority.issue(issue)
  const [certFile, keyFile] = [join(folder, 'cert.pem'), join(folder, 'key.pem')]
  writeFileSync(certFile, cert)
  writeFileSync(keyFile, key)
  const port = await freePort()
  const files = ['-cert', certFile, '-cert_chain', certFile, '-key', keyFile]
  const args = ['s_server', '-accept', `127.0.0.1:${port}`, '-rev', '-quiet', ...files]
  const level = ['-cipher', 'DEFAULT@SECLEVEL=0']
  await using _server = await startChild(
    openssl,
    [...args, ...level],
    [{ host: '127.0.0.1', port }],
  )
  const crl = issue.intermediate === true ? {} : { crl: authority.crl }
  const outcome = await reversed(`tls://127.0.0.1:${port}`, { ca: authority.ca, ...crl, ...tls })
  expect(outcome).toContain(expected)
})

/** s_server sends each line back in reverse. */
async function reversed(url: string, tls: TlsOptions): Promise<string> {
  try {
    await using connection = await connect(url, { tls })
    await connection.write('abc\n')
    return `${await connection.readLine()} ${connection.info.tls?.protocol}`
  } catch (error) {
    return String((error as { code: unknown }).code)
  }
}

test('curl, openssl s_client, socat and nc are clients of our listeners', async ({ skip }) => {
  const authority = createCertificates()
  const ca = join(testFolder(), 'ca.pem')
  writeFileSync(ca, authority.ca)
  await using server = await listen(
    ['tcp://127.0.0.1:0', 'tls://127.0.0.1:0', `unix:${join(testFolder(), 'upper')}`],
    async (connection) => {
      const line = await connection.readLine()
      await connection.write(`${line?.toUpperCase()}\n`)
    },
    { tls: authority.issue({ names: ['localhost'] }) },
  )
  const [plain, secured, local] = server.addresses
  const tcp = String(plain?.port)
  const tls = `localhost:${secured?.port}`
  const say = async (name: string, ...args: readonly string[]): Promise<string> =>
    (await runProgram(requireDaemon({ skip }, name), args, 'hello\n')).stdout
  expect(await say('nc', '-N', '127.0.0.1', tcp)).toBe('HELLO\n')
  expect(await say('socat', '-', `TCP:127.0.0.1:${tcp}`)).toBe('HELLO\n')
  expect(await say('socat', '-', `UNIX-CONNECT:${local?.path}`)).toBe('HELLO\n')
  expect(await say('socat', '-', `OPENSSL:${tls},cafile=${ca}`)).toBe('HELLO\n')
  const verified = ['-CAfile', ca, '-verify_return_error', '-servername', 'localhost']
  expect(await say('openssl', 's_client', '-quiet', '-connect', tls, ...verified)).toBe('HELLO\n')
  expect(await say('curl', '-sS', `telnet://127.0.0.1:${tcp}`)).toBe('HELLO\n')
})

test('haproxy tells our listener for whom it connects, and believes our dialer', async ({
  skip,
}) => {
  const haproxy = requireDaemon({ skip }, 'haproxy')
  const seen: ConnectionInfo[] = []
  await using server = await listen(
    'tcp://127.0.0.1:0',
    async (connection) => {
      seen.push(connection.info)
      await connection.write((await connection.readLine()) ?? '')
    },
    { proxyProtocol: ['127.0.0.1'] },
  )
  const [one, two, accepting] = [await freePort(), await freePort(), await freePort()]
  const backend = `server ours 127.0.0.1:${server.address.port}`
  const file = join(testFolder(), 'haproxy.cfg')
  writeFileSync(
    file,
    `defaults
  timeout connect 5s
  timeout client 5s
  timeout server 5s
listen one
  mode tcp
  bind 127.0.0.1:${one}
  ${backend} send-proxy
listen two
  mode tcp
  bind 127.0.0.1:${two}
  ${backend} send-proxy-v2
frontend accepting
  mode http
  bind 127.0.0.1:${accepting} accept-proxy
  http-request return status 200 content-type text/plain lf-string "%[src] %[src_port]"
`,
  )
  const places = [one, two].map((port) => ({ host: '127.0.0.1', port }))
  await using _haproxy = await startChild(haproxy, ['-db', '-q', '-f', file], places)
  for (const port of [one, two]) {
    await using connection = await connect(`tcp://127.0.0.1:${port}`)
    await connection.write('through haproxy\n')
    expect(await connection.readText()).toBe('through haproxy')
    // Those who looked whether haproxy runs have connected as well, and may be here at any moment.
    const { local } = connection.info
    const info = seen.find(({ remote }) => remote?.port === local?.port)
    expect(info?.remote).toEqual(local)
    expect(info?.local?.port).toBe(port)
    expect(info?.hops).toMatchObject([{ kind: 'proxy-protocol' }])
  }
  expect(await addressSeen(`http://127.0.0.1:${accepting}/`)).toEqual([
    '192.0.2.7 40000',
    '192.0.2.7 40000',
  ])
})

test('nginx believes our PROXY header', async ({ skip }) => {
  const nginx = requireDaemon({ skip }, 'nginx')
  const folder = testFolder()
  const port = await freePort()
  const file = join(folder, 'nginx.conf')
  writeFileSync(
    file,
    `daemon off; pid ${folder}/pid; error_log ${folder}/error.log; worker_processes 1;
events {}
http {
  access_log off; client_body_temp_path ${folder}/a; proxy_temp_path ${folder}/b; fastcgi_temp_path ${folder}/c;
  uwsgi_temp_path ${folder}/d; scgi_temp_path ${folder}/e;
  server { listen 127.0.0.1:${port} proxy_protocol; return 200 "$proxy_protocol_addr $proxy_protocol_port"; }
}
`,
  )
  await using _nginx = await startChild(
    nginx,
    ['-c', file, '-e', join(folder, 'early.log')],
    [{ host: '127.0.0.1', port }],
  )
  expect(await addressSeen(`http://127.0.0.1:${port}/`)).toEqual([
    '192.0.2.7 40000',
    '192.0.2.7 40000',
  ])
})

/** Whom a web server takes us for, with each version of the header. */
async function addressSeen(url: string): Promise<string[]> {
  const client = { remote: { scheme: 'tcp', host: '192.0.2.7', port: 40_000 } }
  const seen: string[] = []
  for (const version of [1, 2] as const) {
    await using api = http.createClient({ dialer: proxyProtocolDialer({ client, version }) })
    seen.push(await api.get(url).text())
  }
  return seen
}

test('all protocols go through the SOCKS proxy of Dante', async ({ skip }) => {
  const danted = requireDaemon({ skip }, 'danted')
  requireRoot({ skip }, 'Dante')
  const port = await freePort()
  const file = join(testFolder(), 'danted.conf')
  const everywhere = 'from: 127.0.0.0/8 to: 0.0.0.0/0'
  writeFileSync(
    file,
    `logoutput: stderr
internal: 127.0.0.1 port = ${port}
external: 127.0.0.1
clientmethod: none
socksmethod: none
user.privileged: root
user.unprivileged: nobody
client pass {
  ${everywhere}
}
socks pass {
  ${everywhere}
  command: connect
}
`,
  )
  await using _danted = await startChild(danted, ['-f', file], [{ host: '127.0.0.1', port }])
  expect(await travel(`socks5://127.0.0.1:${port}`)).toBe('inside')
  await using echo = await startEchoServer()
  const proxy = `socks4://127.0.0.1:${port}`
  await using connection = await connect(echo.url, { proxy })
  await connection.write('version 4\n')
  expect(await connection.readLine()).toBe('version 4')
})

test('all protocols go through CONNECT of squid', async ({ skip }) => {
  const program = requireDaemon({ skip }, squidProxy.program)
  await using proxy = await startWebServer(program, squidProxy, {
    certificate: createCertificates().issue(),
    origin: '127.0.0.1:1',
  })
  expect(await travel(proxy.url.replace('//', '//ada:lovelace@'))).toBe('inside')
})

/** A connection, a request, files of two kinds, a mail and a command, each through the proxy. */
async function travel(proxy: string): Promise<string> {
  await using echo = await startEchoServer()
  await using connection = await connect(`tcp://localhost:${echo.address.port}`, { proxy })
  await connection.write('through\n')
  expect(await connection.readLine()).toBe('through')

  await using web = await startHttpServer()
  await using api = http.createClient({ proxy })
  expect(await api.get(`${web.url}/json`).json()).toMatchObject({ title: 'Hello' })

  await using files = await startFtpServer({ files: { '/read.me': 'hello' } })
  await using partner = await ftp.connect(files.url, { proxy })
  expect(Buffer.from(await partner.readFile('read.me')).toString()).toBe('hello')

  await using post = await startSmtpServer()
  await using relay = await smtp.connect(post.url, { proxy, security: 'off' })
  await relay.send({ from: 'a@example.com', to: 'b@example.com', subject: 'through', text: 'hi' })
  expect(post.mailbox.messages).toHaveLength(1)

  await using server = await startSftpServer({ files: { 'read.me': 'hello' } })
  await using there = await loggedIn(server.ssh, proxy)
  await using sftp = await there.sftp()
  expect(Buffer.from(await sftp.readFile('read.me')).toString()).toBe('hello')

  await using shell = await startSshServer({ exec: { hostname: 'inside' } })
  await using host = await loggedIn(shell, proxy)
  return (await host.exec('hostname')).stdout
}

function loggedIn({ url, hostKey }: SshServer, proxy: string): Promise<ssh.SshClient> {
  const hostKeys = ssh.pinned(hostKey.fingerprint)
  return ssh.connect(url, { user: 'ada', password: 'lovelace', hostKeys, proxy })
}
