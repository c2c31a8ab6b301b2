// Keys that ssh-keygen makes, in OpenSSH's own format, open connections of @net/ssh.
import { execFileSync } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as ssh from '@net/ssh'
import { startSshServer } from '@net/ssh/testing'
import { expect, test } from 'vitest'
import { requireDaemon } from './daemon.ts'

const passphrase = 'correct horse'

test.for([
  ['rsa', ''],
  ['ecdsa', ''],
  ['ed25519', ''],
  ['ed25519', passphrase],
] as const)(
  '[SSH-67] a key of type %s with the passphrase "%s"',
  async ([type, phrase], context) => {
    const keygen = requireDaemon(context, 'ssh-keygen')
    const folder = await mkdtemp(join(tmpdir(), 'net-interop-'))
    try {
      const file = join(folder, 'key')
      execFileSync(keygen, ['-q', '-t', type, '-N', phrase, '-a', '2', '-f', file])
      expect(await readFile(file, 'utf8')).toContain('BEGIN OPENSSH PRIVATE KEY')
      const keys = [await readFile(`${file}.pub`, 'utf8')]
      await using server = await startSshServer({
        users: { ada: { keys } },
        exec: { hello: 'hello\n' },
      })
      await using host = await ssh.connect(server.url, {
        user: 'ada',
        auth: ssh.key(ssh.fromFile(file), phrase === '' ? {} : { passphrase: phrase }),
        hostKeys: ssh.pinned(server.hostKey.fingerprint),
      })
      expect((await host.exec('hello')).stdout).toBe('hello\n')
      const wrong = ssh.connect(server.url, {
        user: 'ada',
        auth: ssh.key(ssh.fromFile(file), { passphrase: 'wrong' }),
        hostKeys: ssh.pinned(server.hostKey.fingerprint),
      })
      // A key without a passphrase opens with any.
      if (phrase !== '')
        await expect(wrong).rejects.toMatchObject({ code: 'NET_CREDENTIAL_INVALID' })
      else await (await wrong).close()
    } finally {
      await rm(folder, { recursive: true })
    }
  },
)
