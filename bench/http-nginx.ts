/* An nginx for the HTTP benches: JSON documents and one large file of zeros, which takes no room on the disk. */

import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { connect, createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

/** A running nginx. */
export interface BenchNginx extends Disposable {
  /** Such as `http://127.0.0.1:8080`; `/posts/1` is JSON, `/posts/2` too, which no cache may keep, `/large` is the file. */
  readonly origin: string
}

/** Starts one; its file has so many bytes. */
export async function startNginx(large: number): Promise<BenchNginx> {
  const folder = mkdtempSync(join(tmpdir(), 'net-bench-nginx-'))
  const port = await freePort()
  writeFileSync(join(folder, 'large'), '')
  truncateSync(join(folder, 'large'), large)
  writeFileSync(join(folder, 'nginx.conf'), configuration(folder, port))
  const args = ['-e', join(folder, 'error.log'), '-c', join(folder, 'nginx.conf')]
  const child = spawn('nginx', args, { stdio: 'inherit' })
  while (!(await answers(port))) await sleep(20)
  return {
    origin: `http://127.0.0.1:${port}`,
    [Symbol.dispose]() {
      child.kill('SIGTERM')
      child.once('exit', () => rmSync(folder, { recursive: true }))
    },
  }
}

function configuration(folder: string, port: number): string {
  // Started by root, its workers would be somebody else and not see the folder.
  const user = process.getuid?.() === 0 ? 'user root root;' : ''
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
  return `${user}
daemon off;
worker_processes 1;
pid ${folder}/pid;
events { worker_connections 2048; }
http {
  access_log off;
  ${temporary.map((name) => `${name}_temp_path ${folder}/${name};`).join(' ')}
  sendfile on;
  keepalive_requests 1000000000;
  server {
    listen 127.0.0.1:${port} backlog=2048;
    location = /posts/1 {
      default_type application/json;
      return 200 '${JSON.stringify({ id: 1, title: 'Hello', tags: ['a', 'b'], done: false })}';
    }
    location = /posts/2 {
      default_type application/json;
      add_header cache-control no-store;
      return 200 '${JSON.stringify({ id: 2, title: 'Hello', tags: ['a', 'b'], done: false })}';
    }
    location / { root ${folder}; }
  }
}
`
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo
      server.close(() => resolve(port))
    })
  })
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy()
      resolve(true)
    })
    socket.on('error', () => resolve(false))
  })
}
