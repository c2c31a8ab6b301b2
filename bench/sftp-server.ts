/* OpenSSH's sshd with one key and its own SFTP server, in a folder of its own, for the bench of SFTP. */

import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { connect, createServer, type AddressInfo } from 'node:net'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'

import { createSshKey } from '@net/ssh/testing'

/** One that runs. */
export interface SftpPeer {
  readonly port: number
  readonly user: string
  /** The private key, as text and as a file. */
  readonly key: string
  readonly keyFile: string
  /** What belongs to the bench. */
  readonly folder: string
  close(): void
}

/** Starts sshd. */
export async function startSftpPeer(): Promise<SftpPeer> {
  const folder = mkdtempSync(join(tmpdir(), 'net-bench-'))
  const [key, hostKey] = [createSshKey(), createSshKey()]
  const keyFile = join(folder, 'key')
  writeFileSync(keyFile, key.privateKey, { mode: 0o600 })
  writeFileSync(join(folder, 'host_key'), hostKey.privateKey, { mode: 0o600 })
  writeFileSync(join(folder, 'authorized_keys'), `${key.publicKey}\n`)
  if (process.getuid?.() === 0) mkdirSync('/run/sshd', { recursive: true })
  const port = await freePort()
  const lines = [
    `ListenAddress 127.0.0.1:${port}`,
    `HostKey ${folder}/host_key`,
    `AuthorizedKeysFile ${folder}/authorized_keys`,
    'PidFile none',
    'StrictModes no',
    'UsePAM no',
    'Subsystem sftp internal-sftp',
  ]
  writeFileSync(join(folder, 'config'), `${lines.join('\n')}\n`)
  const child = spawn('/usr/sbin/sshd', ['-D', '-e', '-f', join(folder, 'config')], {
    stdio: 'ignore',
  })
  await listening(port, child)
  return {
    port,
    user: userInfo().username,
    key: key.privateKey,
    keyFile,
    folder,
    close() {
      child.kill()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

async function listening(port: number, child: ChildProcess): Promise<void> {
  while (child.exitCode === null) {
    const socket = connect(port, '127.0.0.1')
    const isOpen = await once(socket, 'connect').then(
      () => true,
      () => false,
    )
    socket.destroy()
    if (isOpen) return
    await pause(20)
  }
  throw new Error('sshd did not start')
}
