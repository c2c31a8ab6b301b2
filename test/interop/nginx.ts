// An nginx of our own: a child process with its own folder, on free loopback ports, stopped by its pid.
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import type { IssuedCertificate } from '@net/socket/testing'

/** A running nginx. */
export interface Nginx extends AsyncDisposable {
  /** Plain HTTP, such as `http://127.0.0.1:8080`. */
  readonly url: string
  /** The same over TLS. */
  readonly tlsUrl: string
}

/** Starts one that serves `files` (name → content) from its root, and gzips what is asked for so. */
export async function startNginx(
  program: string,
  certificate: IssuedCertificate,
  files: Readonly<Record<string, string | Uint8Array>>,
): Promise<Nginx> {
  const folder = mkdtempSync(join(tmpdir(), 'net-nginx-'))
  mkdirSync(join(folder, 'files'))
  for (const [name, content] of Object.entries(files))
    writeFileSync(join(folder, 'files', name), content)
  writeFileSync(join(folder, 'cert.pem'), certificate.cert)
  writeFileSync(join(folder, 'key.pem'), certificate.key)
  const [port, tlsPort] = [await freePort(), await freePort()]
  writeFileSync(join(folder, 'nginx.conf'), configuration(folder, port, tlsPort))
  const args = [
    '-e',
    join(folder, 'error.log'),
    '-g',
    'daemon off;',
    '-c',
    join(folder, 'nginx.conf'),
  ]
  const child = spawn(program, args, { stdio: 'inherit' })
  const url = `http://127.0.0.1:${port}`
  await answers(url, child)
  return {
    url,
    tlsUrl: `https://127.0.0.1:${tlsPort}`,
    [Symbol.asyncDispose]: () => stop(child, folder),
  }
}

function configuration(folder: string, port: number, tlsPort: number): string {
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
  gzip on; gzip_types application/json text/plain; gzip_min_length 100;
  server {
    listen 127.0.0.1:${port};
    listen 127.0.0.1:${tlsPort} ssl;
    ssl_certificate ${folder}/cert.pem;
    ssl_certificate_key ${folder}/key.pem;
    root ${folder}/files;
    location /moved { return 302 /small.json; }
    location /slow { limit_rate 1k; alias ${folder}/files/large.txt; }
  }
}
`
}

/** A port that was free a moment ago. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

async function answers(url: string, child: ChildProcess): Promise<void> {
  for (let attempt = 0; attempt < 100; attempt++) {
    if (child.exitCode !== null) throw new Error(`nginx ended with ${child.exitCode}`)
    const up = await fetch(url).then(
      () => true,
      () => false,
    )
    if (up) return
    await new Promise((resolve) => {
      setTimeout(resolve, 50)
    })
  }
  throw new Error('nginx did not answer within 5 s')
}

async function stop(child: ChildProcess, folder: string): Promise<void> {
  if (child.exitCode === null) {
    const ended = once(child, 'exit')
    child.kill('SIGTERM')
    await ended
  }
  rmSync(folder, { recursive: true, force: true })
}
