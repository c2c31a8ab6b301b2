/* An nginx for the HTTP benches: JSON documents and one large file of zeros, which takes no room on the disk. */

import { spawn, type ChildProcess } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

/** A running nginx. */
export interface BenchNginx extends Disposable {
  /** Such as `http://127.0.0.1:8080`; `/posts/1` is JSON, `/posts/2` too, which no cache may keep, `/large` is the file. */
  readonly origin: string
}

/** Starts one; its file has so many bytes. Rejects where it does not start. */
export async function startNginx(large: number): Promise<BenchNginx> {
  for (let left = MOST_STARTS; left > 0; left--) {
    const folder = mkdtempSync(join(tmpdir(), 'net-bench-nginx-'))
    const port = await freePort()
    writeFileSync(join(folder, 'large'), '')
    truncateSync(join(folder, 'large'), large)
    writeFileSync(join(folder, 'nginx.conf'), configuration(folder, port))
    const args = ['-e', join(folder, 'error.log'), '-c', join(folder, 'nginx.conf')]
    const child = spawn('nginx', args, { stdio: 'inherit' })
    const removed = (): void => rmSync(folder, { recursive: true })
    if (!(await listens(child, join(folder, 'pid')))) {
      removed()
      continue
    }
    return {
      origin: `http://127.0.0.1:${port}`,
      [Symbol.dispose]() {
        child.kill('SIGTERM')
        child.once('exit', removed)
      },
    }
  }
  throw new Error(`nginx has not started, ${MOST_STARTS} times`)
}

/**
 * Whether it came to listen. It writes its file behind that: what answers at the port may be a stranger, who took it between
 * our look and its own.
 */
async function listens(nginx: ChildProcess, pidFile: string): Promise<boolean> {
  while (nginx.exitCode === null && nginx.signalCode === null) {
    if (existsSync(pidFile)) return true
    await sleep(20)
  }
  return false
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

const MOST_STARTS = 3
