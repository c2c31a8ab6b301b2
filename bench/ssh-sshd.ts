/* A real sshd for the SSH benches: one login by key, as the user who runs them, with a plain shell and nothing of a profile. */

import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, mkdirSync, mkdtempDisposableSync, writeFileSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'

import { createSshKey, type SshKeyPair } from '@net/ssh/testing'

/** A sshd that runs. */
export interface BenchSshd extends Disposable {
  readonly pid: number
  readonly port: number
  readonly user: string
  readonly key: SshKeyPair
  readonly hostKey: SshKeyPair
  /** The file of the key. */
  readonly identity: string
  /** The file that makes the host key known. */
  readonly known: string
  readonly folder: string
}

/** Starts one; undefined where it is not installed. */
export async function startBenchSshd(): Promise<BenchSshd | undefined> {
  if (spawnSync(SSHD, ['-V']).error !== undefined) return undefined
  const folder = mkdtempDisposableSync(join(tmpdir(), 'bench-'))
  chmodSync(folder.path, 0o755)
  const [key, hostKey] = [createSshKey(), createSshKey()]
  const port = await freePort()
  const write = (name: string, content: string): string => {
    const path = join(folder.path, name)
    writeFileSync(path, content, { mode: 0o600 })
    return path
  }
  const lines = [
    `ListenAddress 127.0.0.1:${port}`,
    `HostKey ${write('host_key', hostKey.privateKey)}`,
    `AuthorizedKeysFile ${write('authorized', `${key.publicKey}\n`)}`,
    `SetEnv HOME=${folder.path} BASH_ENV=`,
    'Subsystem sftp internal-sftp',
    'MaxSessions 20',
    'MaxStartups 100',
    'StrictModes no',
    'UsePAM no',
    'PidFile none',
  ]
  if (process.getuid?.() === 0) mkdirSync('/run/sshd', { recursive: true, mode: 0o755 })
  const child = spawn(SSHD, ['-D', '-e', '-f', write('config', `${lines.join('\n')}\n`)])
  await once(child.stderr, 'data')
  child.stderr.resume()
  return {
    pid: child.pid ?? 0,
    port,
    user: userInfo().username,
    key,
    hostKey,
    identity: write('identity', key.privateKey),
    known: write('known', `[127.0.0.1]:${port} ${hostKey.publicKey}\n`),
    folder: folder.path,
    [Symbol.dispose]() {
      child.kill()
      folder[Symbol.dispose]()
    },
  }
}

/** A port that was free a moment ago. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

const SSHD = '/usr/sbin/sshd'
