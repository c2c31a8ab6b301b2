/*
 * The server for the FTP benches: vsftpd if it is installed and we may run it, else the embedded one with its files in
 * memory; TLS on offer. Runs as a process of its own.
 */

import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { connect, createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { startFtpServer } from '@net/ftp/testing'
import { createCertificates } from '@net/socket/testing'

const VSFTPD = '/usr/sbin/vsftpd'
const isReal = existsSync(VSFTPD) && process.getuid?.() === 0
const bytes = randomBytes((isReal ? 512 : 64) * 1024 * 1024)
const certificates = createCertificates()
const peer = isReal ? await startVsftpd() : await startEmbedded()
process.send?.({ ...peer, password: 'benchmark', ca: certificates.ca, size: bytes.length })

async function startEmbedded(): Promise<{ url: string; user: string }> {
  const server = await startFtpServer({
    users: { joe: 'benchmark' },
    files: { '/big': bytes, '/in/kept': Buffer.alloc(1) },
    tls: certificates.issue(),
  })
  process.once('disconnect', () => process.exit(0))
  return { url: server.url, user: 'joe' }
}

async function startVsftpd(): Promise<{ url: string; user: string; root: string }> {
  const folder = mkdtempSync(join(tmpdir(), 'net-bench-ftp-'))
  const root = join(folder, 'root')
  mkdirSync(join(root, 'in'), { recursive: true })
  // vsftpd refuses a root that its user may write to.
  for (const [path, mode] of [
    [folder, 0o755],
    [root, 0o755],
    [join(root, 'in'), 0o777],
  ] as const) {
    chmodSync(path, mode)
  }
  writeFileSync(join(root, 'big'), bytes)
  const port = await freePort()
  const { cert, key } = certificates.issue()
  const files = { cert, key, passwords: 'benchmark\n' }
  for (const [name, text] of Object.entries(files)) {
    writeFileSync(join(folder, name), text, { mode: 0o600 })
  }
  writeFileSync(join(folder, 'conf'), configuration(folder, port))
  const daemon = spawn(VSFTPD, [join(folder, 'conf')], { stdio: 'inherit' })
  process.once('disconnect', () => {
    daemon.kill()
    rmSync(folder, { recursive: true, force: true })
    process.exit(0)
  })
  while (!(await listens(port)));
  return { url: `ftp://localhost:${port}`, user: 'anonymous', root }
}

function configuration(folder: string, port: number): string {
  const lines = {
    listen: 'YES',
    listen_address: '127.0.0.1',
    listen_port: String(port),
    background: 'NO',
    seccomp_sandbox: 'NO',
    anonymous_enable: 'YES',
    local_enable: 'NO',
    secure_email_list_enable: 'YES',
    email_password_file: join(folder, 'passwords'),
    write_enable: 'YES',
    anon_upload_enable: 'YES',
    anon_mkdir_write_enable: 'YES',
    anon_other_write_enable: 'YES',
    anon_root: join(folder, 'root'),
    anon_umask: '022',
    ssl_enable: 'YES',
    allow_anon_ssl: 'YES',
    force_anon_logins_ssl: 'NO',
    force_anon_data_ssl: 'NO',
    require_ssl_reuse: 'NO',
    rsa_cert_file: join(folder, 'cert'),
    rsa_private_key_file: join(folder, 'key'),
  }
  return Object.entries(lines)
    .map(([name, value]) => `${name}=${value}\n`)
    .join('')
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo
      server.close(() => resolve(port))
    })
  })
}

function listens(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy()
      resolve(true)
    })
    socket.once('error', () => resolve(false))
  })
}
