// An nginx of our own: a child process with its own folder, on free loopback ports, stopped by its pid.
import { mkdirSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import type { IssuedCertificate } from '@net/socket/testing'

import { freePort, startChild, temporaryFolder } from './child.ts'
import { killDescendants } from './process-tree.ts'

/** A running nginx. */
export interface Nginx extends AsyncDisposable {
  /** Plain HTTP, such as `http://127.0.0.1:8080`. */
  readonly url: string
  /** The same over TLS. */
  readonly tlsUrl: string
  /** The same over TLS, where HTTP/2 is offered too. */
  readonly http2Url: string
  /** Kills the process that serves all connections; nginx starts another one. */
  killWorker(): void
}

/** What one is started with. */
export interface NginxOptions {
  readonly certificate: IssuedCertificate
  /** What lies in its root: texts, and sizes of files full of zeros that take no room on the disk. */
  readonly files: Readonly<Record<string, string | number>>
  /** The server behind `/behind/`. */
  readonly upstream: string
}

/** Starts one, which compresses what is asked for so. */
export async function startNginx(program: string, options: NginxOptions): Promise<Nginx> {
  await using stack = new AsyncDisposableStack()
  const folder = stack.use(temporaryFolder('nginx')).path
  writeFiles(folder, options)
  const ports = [await freePort(), await freePort(), await freePort()] as const
  const file = join(folder, 'nginx.conf')
  writeFileSync(file, configuration(folder, ports, options.upstream))
  const args = ['-e', join(folder, 'error.log'), '-g', 'daemon off;', '-c', file]
  const places = ports.map((port) => ({ host: '127.0.0.1', port }))
  const { pid } = stack.use(await startChild(program, args, places))
  const rest = stack.move()
  return {
    url: `http://127.0.0.1:${ports[0]}`,
    tlsUrl: `https://127.0.0.1:${ports[1]}`,
    http2Url: `https://127.0.0.1:${ports[2]}`,
    killWorker: () => killDescendants(pid),
    [Symbol.asyncDispose]: () => rest.disposeAsync(),
  }
}

function writeFiles(folder: string, { certificate, files }: NginxOptions): void {
  mkdirSync(join(folder, 'files'))
  for (const [name, content] of Object.entries(files)) {
    const path = join(folder, 'files', name)
    writeFileSync(path, typeof content === 'string' ? content : '')
    if (typeof content === 'number') truncateSync(path, content)
  }
  writeFileSync(join(folder, 'cert.pem'), certificate.cert)
  writeFileSync(join(folder, 'key.pem'), certificate.key)
}

function configuration(
  folder: string,
  [port, tlsPort, http2Port]: readonly [number, number, number],
  upstream: string,
): string {
  // Started by root, its workers would be somebody else and not see the folder.
  const user = process.getuid?.() === 0 ? 'user root root;' : ''
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
  return `${user}
worker_processes 1;
pid ${folder}/pid;
events { worker_connections 512; }
http {
  access_log off;
  ${temporary.map((name) => `${name}_temp_path ${folder}/${name};`).join(' ')}
  types { application/json json; text/plain txt; }
  default_type application/octet-stream;
  gzip on; gzip_types application/json text/plain; gzip_min_length 100;
  server {
    listen 127.0.0.1:${port};
    listen 127.0.0.1:${tlsPort} ssl;
    listen 127.0.0.1:${http2Port} ssl http2;
    http2_max_concurrent_streams 16;
    keepalive_requests 100000;
    client_max_body_size 32m;
    ssl_certificate ${folder}/cert.pem;
    ssl_certificate_key ${folder}/key.pem;
    root ${folder}/files;
    location /moved { return 302 /small.json; }
    location /slow { limit_rate 1k; alias ${folder}/files/large.txt; }
    location /spoken { default_type application/json; return 200 '{"protocol":"$server_protocol","connection":$connection}'; }
    location /behind/ { proxy_pass ${upstream}/; }
  }
}
`
}
