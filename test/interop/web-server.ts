// Web servers of others, each in front of the same origin: child processes with folders of their own, on free loopback
// ports, stopped by their pids.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'

import type { IssuedCertificate } from '@net/socket/testing'

import { freePort, startChild, temporaryFolder } from './child.ts'

/** A running one. */
export interface WebServer extends AsyncDisposable {
  /** Plain HTTP. */
  readonly url: string
  /** TLS, where HTTP/2 is offered if the server has it. */
  readonly tlsUrl: string
}

/** What one is started with. */
export interface WebServerOptions {
  /** `host:port` of the origin. */
  readonly origin: string
  readonly certificate: IssuedCertificate
}

/** Where one is to listen and to find its files. */
export interface WebServerPlace extends WebServerOptions {
  readonly folder: string
  readonly port: number
  readonly tlsPort: number
}

/** How one is started. */
export interface WebServerRecipe {
  /** The program, as it is called on the PATH. */
  readonly program: string
  /** Its configuration; may write further files. */
  configuration(place: WebServerPlace): string
  /** Its arguments; `file` is the configuration's. */
  args(file: string, place: WebServerPlace): readonly string[]
  /** Whether it listens on the second port too. */
  readonly hasTls: boolean
}

/** Starts one. */
export async function startWebServer(
  program: string,
  recipe: WebServerRecipe,
  options: WebServerOptions,
): Promise<WebServer> {
  await using stack = new AsyncDisposableStack()
  const folder = stack.use(temporaryFolder('web')).path
  const place = { ...options, folder, port: await freePort(), tlsPort: await freePort() }
  const { cert, key } = options.certificate
  writeFileSync(join(folder, 'both.pem'), `${cert}\n${key}`)
  writeFileSync(join(folder, 'cert.pem'), cert)
  writeFileSync(join(folder, 'key.pem'), key)
  const file = join(folder, 'configuration')
  writeFileSync(file, recipe.configuration(place))
  const ports = recipe.hasTls ? [place.port, place.tlsPort] : [place.port]
  const places = ports.map((port) => ({ host: '127.0.0.1', port }))
  stack.use(await startChild(program, recipe.args(file, place), places))
  const rest = stack.move()
  return {
    url: `http://127.0.0.1:${place.port}`,
    tlsUrl: `https://127.0.0.1:${place.tlsPort}`,
    [Symbol.asyncDispose]: () => rest.disposeAsync(),
  }
}

/** Apache httpd, with threads; `/old` is answered in HTTP/1.0, and `/once` on a connection that then ends. */
export const apache: WebServerRecipe = {
  program: 'apache2',
  hasTls: true,
  args: (file) => ['-DFOREGROUND', '-f', file],
  configuration: ({ folder, port, tlsPort, origin }) => `
ServerRoot ${folder}
ServerName localhost
DefaultRuntimeDir ${folder}
PidFile ${folder}/pid
ErrorLog ${folder}/error.log
${APACHE_MODULES.map((name) => `LoadModule ${name}_module ${APACHE_FOLDER}/mod_${name}.so`).join('\n')}
${isRoot() ? 'User www-data\nGroup www-data' : ''}
# With all threads at work it closes connections that it would have kept.
ThreadLimit 128
ThreadsPerChild 128
MaxRequestWorkers 128
StartServers 1
Listen 127.0.0.1:${port}
Listen 127.0.0.1:${tlsPort}
SetEnvIf Request_URI ^/old downgrade-1.0 force-response-1.0
SetEnvIf Request_URI ^/once nokeepalive
KeepAliveTimeout 60
MaxKeepAliveRequests 0
ProxyPass /old http://${origin}/large
ProxyPass /once http://${origin}/large
ProxyPass / http://${origin}/
<VirtualHost 127.0.0.1:${tlsPort}>
  SSLEngine on
  SSLCertificateFile ${folder}/cert.pem
  SSLCertificateKeyFile ${folder}/key.pem
  Protocols h2 http/1.1
</VirtualHost>
`,
}

/** HAProxy; `/old` leads to the same as `/large`, and `/once` too, on a connection that then ends. */
export const haproxy: WebServerRecipe = {
  program: 'haproxy',
  hasTls: true,
  args: (file) => ['-db', '-f', file],
  configuration: ({ folder, port, tlsPort, origin }) => `
defaults
  mode http
  timeout connect 10s
  timeout client 60s
  timeout server 60s
frontend web
  bind 127.0.0.1:${port}
  bind 127.0.0.1:${tlsPort} ssl crt ${folder}/both.pem alpn h2,http/1.1
  default_backend origin
backend origin
  server origin ${origin}
`,
}

/** Varnish, which leaves TLS to others. */
export const varnish: WebServerRecipe = {
  program: 'varnishd',
  hasTls: false,
  args: (file, { folder, port }) => {
    const work = join(folder, 'work')
    const listens = `127.0.0.1:${port}`
    return `-F -n ${work} -f ${file} -a ${listens} -s malloc,32m -p feature=+http2`.split(' ')
  },
  configuration: ({ origin }) => {
    const [host, port] = origin.split(':')
    return `vcl 4.1;\nbackend origin { .host = "${host}"; .port = "${port}"; }\n`
  },
}

/** HAProxy as what stands in front of a server that has no TLS: passes on the bytes, HTTP/2 too. */
export const tlsInFront: WebServerRecipe = {
  program: 'haproxy',
  hasTls: true,
  args: haproxy.args,
  configuration: (place) => haproxy.configuration(place).replace('mode http', 'mode tcp'),
}

/** squid in front of a server. */
export const squid: WebServerRecipe = {
  program: 'squid',
  hasTls: true,
  // The name keeps its shared memory apart from that of others.
  args: (file, { port }) => ['-N', '-n', `net${port}`, '-f', file],
  configuration: ({ folder, port, tlsPort, origin }) => {
    const [host, originPort] = origin.split(':')
    return `
http_port 127.0.0.1:${port} accel defaultsite=${host}
https_port 127.0.0.1:${tlsPort} accel defaultsite=${host} tls-cert=${folder}/cert.pem tls-key=${folder}/key.pem
cache_peer ${host} parent ${originPort} 0 no-query originserver
http_access allow all
${SQUID_ALONE}`
  },
}

/** squid as a proxy for clients with a password, which gives no tunnels to the origin, as most give none to port 80. */
export const squidProxy: WebServerRecipe = squidFor('ada:$1$net$IZy7uWJ/uAESPaZdnSzZa/', [
  'basic program /usr/lib/squid/basic_ncsa_auth',
])

/** The same for clients that log in by Digest. */
export const squidDigestProxy: WebServerRecipe = squidFor('ada:lovelace', [
  'digest realm net',
  'digest children 1',
  'digest program /usr/lib/squid/digest_file_auth',
])

function squidFor(user: string, login: readonly string[]): WebServerRecipe {
  return {
    program: 'squid',
    hasTls: false,
    args: squid.args,
    configuration: squidWith(user, login),
  }
}

/** The last line of the login gets the file of users. */
function squidWith(user: string, login: readonly string[]): WebServerRecipe['configuration'] {
  return ({ folder, port, origin }) => {
    writeFileSync(join(folder, 'users'), `${user}\n`)
    return `
http_port 127.0.0.1:${port}
${login.map((line) => `auth_param ${line}`).join('\n')} ${folder}/users
acl known proxy_auth REQUIRED
acl tunnel method CONNECT
acl plain port ${origin.split(':')[1]}
http_access deny tunnel plain
http_access allow known
http_access deny all
${SQUID_ALONE}`
  }
}

function isRoot(): boolean {
  return process.getuid?.() === 0
}

const APACHE_FOLDER = '/usr/lib/apache2/modules'
const APACHE_MODULES = 'mpm_event authz_core setenvif ssl proxy proxy_http http2'.split(' ')
const SQUID_ALONE = `
# Squid 5.7 cuts off an upload that outruns the origin by more than this buffer.
client_request_buffer_max_size 64 MB
cache deny all
access_log none
cache_log /dev/null
pid_filename none
coredump_dir none
shutdown_lifetime 0 seconds
pinger_enable off
visible_hostname localhost
`
