// The key exchange that no quantum computer breaks, against OpenSSH 10, which openssh-10.sh unpacks aside.
import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test, type TestContext } from 'vitest'

import * as ssh from '@net/ssh'

import { lacking } from './daemon.ts'
import { startSshd, type Sshd } from './sshd.ts'
import { testFolder } from './test-folder.ts'

const root = join(process.env['NET_OPENSSH_10'] ?? '/opt/net-openssh-10', 'root')
const hybrid = 'mlkem768x25519-sha256'

test('[SSH-12] the hybrid key exchange, also for the new keys that the server and we ask for', async (context) => {
  await using sshd = await started(context, ['RekeyLimit 1M', `KexAlgorithms ${hybrid}`])
  await using host = await logIn(sshd, { rekey: { bytes: 3_000_000 }, compress: true })
  expect(host.info).toMatchObject({
    serverSoftware: expect.stringMatching(/^OpenSSH_10/),
    algorithms: { kex: hybrid, compression: 'zlib@openssh.com' },
  })
  const { stdout } = await host.exec('head -c 8000000 /dev/zero | tr "\\0" a')
  expect(stdout).toHaveLength(8_000_000)
  const input = 'x'.repeat(5_000_000)
  expect((await host.exec('wc -c', { input })).stdout.trim()).toBe('5000000')
})

test('a server that has another key exchange first, or alone, gets ours in its turn', async (context) => {
  for (const kex of ['curve25519-sha256', `ecdh-sha2-nistp256,${hybrid}`]) {
    await using sshd = await started(context, [`KexAlgorithms ${kex}`])
    await using host = await logIn(sshd)
    expect(host.info.algorithms.kex).toBe(kex.includes(hybrid) ? hybrid : kex)
    expect((await host.exec('echo hello')).stdout).toBe('hello\n')
  }
})

function logIn(sshd: Sshd, options: ssh.SshConnectOptions = {}): Promise<ssh.SshClient> {
  const hostKeys = ssh.pinned(sshd.hostKey.fingerprint)
  return ssh.connect(sshd.url, {
    user: sshd.user,
    auth: ssh.key(sshd.key.privateKey),
    hostKeys,
    ...options,
  })
}

/** Each of its programs is started by its own loader, with its own libraries. */
async function started(context: TestContext, settings: readonly string[]): Promise<Sshd> {
  if (!existsSync(join(root, 'usr/sbin/sshd'))) {
    lacking(context, 'OpenSSH 10 is not unpacked: test/interop/openssh-10.sh /opt/net-openssh-10')
  }
  const folder = testFolder()
  const wrapped = (path: string): string => {
    const script = join(folder, path.replaceAll('/', '-'))
    const libraries = join(root, 'usr/lib/x86_64-linux-gnu')
    const loader = join(root, 'usr/lib64/ld-linux-x86-64.so.2')
    const line = `exec ${loader} --library-path ${libraries} ${join(root, path)} "$@"`
    writeFileSync(script, `#!/bin/sh\n${line}\n`, { mode: 0o755 })
    return script
  }
  const [session, auth] = ['usr/lib/openssh/sshd-session', 'usr/lib/openssh/sshd-auth'].map(wrapped)
  return startSshd(wrapped('usr/sbin/sshd'), [
    ...settings,
    `SshdSessionPath ${session}`,
    `SshdAuthPath ${auth}`,
    // It would turn away a client that has left without a login, as the first look at it does.
    'PerSourcePenalties no',
  ])
}
