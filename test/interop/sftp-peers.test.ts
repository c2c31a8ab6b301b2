// SFTP against servers that are not OpenSSH's: Dropbear with an SFTP server beside it, ProFTPD's mod_sftp, rclone.
import { execFileSync } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'

import { checkRemoteFiles } from '@net/core/testing'
import * as ssh from '@net/ssh'

import { freePort, startChild } from './child.ts'
import { requireDaemon, requireRoot } from './daemon.ts'
import { startModSftp } from './ftp-daemons.ts'
import { testFolder } from './test-folder.ts'

const PASSWORD = 'open sesame'
const bytes = Buffer.alloc(3_000_000, Buffer.from('0123456789abcdef-'))

test('Dropbear, whose windows are small: files go both ways, and a folder is a tree', async (context) => {
  const program = requireDaemon(context, 'dropbear')
  const unshare = requireDaemon(context, 'unshare')
  requireRoot(context, 'Dropbear with a home folder of its own')
  const folder = testFolder()
  mkdirSync(join(folder, 'home'), { mode: 0o700 })
  const hash = execFileSync('openssl', ['passwd', '-6', PASSWORD], { encoding: 'utf8' }).trim()
  writeFileSync(join(folder, 'shadow'), `root:${hash}:19000:0:99999:7:::\n`, { mode: 0o600 })
  const maker = join(dirname(dirname(program)), 'bin', 'dropbearkey')
  execFileSync(maker, ['-t', 'ed25519', '-f', join(folder, 'host_key')], { stdio: 'ignore' })
  const port = await freePort()
  const mounts = 'mount --bind "$0/home" /root && mount --bind "$0/shadow" /etc/shadow'
  const run = `exec ${program} -F -E -r ${folder}/host_key -P ${folder}/pid -p 127.0.0.1:${port}`
  const script = ['--mount', 'sh', '-c', `${mounts} && ${run}`, folder]
  const child = await startChild(unshare, script, [{ host: '127.0.0.1', port }])
  context.onTestFinished(() => child.stop())
  await using host = await logIn(`ssh://127.0.0.1:${port}`, 'root', PASSWORD)
  await using sftp = await host.sftp()
  await sftp.writeFile(join(folder, 'a'), bytes)
  expect(readFileSync(join(folder, 'a')).equals(bytes)).toBe(true)
  expect(Buffer.from(await sftp.readFile(join(folder, 'a'))).equals(bytes)).toBe(true)
  await checkTree(sftp, folder)
})

test("ProFTPD's mod_sftp: files go both ways, and a folder is a tree", async (context) => {
  await using server = await startModSftp(context)
  await using host = await logIn(server.url, server.user, server.password)
  await using sftp = await host.sftp()
  await sftp.writeFile('a', bytes)
  expect(readFileSync(join(server.root, 'a')).equals(bytes)).toBe(true)
  expect(Buffer.from(await sftp.readFile('a')).equals(bytes)).toBe(true)
  await sftp.writeFile('a', 'newer')
  expect(await sftp.size('a')).toBe(5)
  await checkTree(sftp, server.root)
})

test('rclone, which takes writes in their order alone: files go both ways', async (context) => {
  const program = requireDaemon(context, 'rclone')
  const folder = testFolder()
  const port = await freePort()
  const args = ['serve', 'sftp', folder, '--addr', `127.0.0.1:${port}`, '--user', 'joe']
  const child = await startChild(
    program,
    [...args, '--pass', PASSWORD, '--config', join(folder, 'none.conf'), '--vfs-cache-mode', 'off'],
    [{ host: '127.0.0.1', port }],
  )
  context.onTestFinished(() => child.stop())
  await using host = await logIn(`ssh://127.0.0.1:${port}`, 'joe', PASSWORD)
  await using sftp = await host.sftp()
  await sftp.writeFile('a', bytes)
  expect(Buffer.from(await sftp.readFile('a')).equals(bytes)).toBe(true)
  // It would empty the file.
  await expect(sftp.appendFile('a', 'x')).rejects.toMatchObject({ code: 'NET_UNSUPPORTED' })
  expect(readFileSync(join(folder, 'a')).equals(bytes)).toBe(true)
  await sftp.mkdir('in/deep', { recursive: true })
  await sftp.rename('a', 'in/deep/b')
  expect(await Array.fromAsync(sftp.walk('in'), ({ path }) => path)).toEqual([
    'in/deep',
    'in/deep/b',
  ])
  await sftp.remove('in', { recursive: true })
  expect(await sftp.exists('in')).toBe(false)
})

function logIn(url: string, user: string, password: string): Promise<ssh.SshClient> {
  return ssh.connect(url, { user, password, hostKeys: ssh.dangerouslyAcceptAnyHostKey() })
}

async function checkTree(sftp: ssh.SftpClient, root: string): Promise<void> {
  let number = 0
  await checkRemoteFiles(async () => {
    const name = `tree${(number += 1)}`
    mkdirSync(join(root, name), { mode: 0o777 })
    execFileSync('chmod', ['777', join(root, name)])
    const path = (await sftp.exists(name)) ? name : join(root, name)
    return { files: sftp.files(path), async [Symbol.asyncDispose]() {} }
  })
}
