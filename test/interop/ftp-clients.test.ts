// rclone and ftplib against the server that @net/ftp brings for tests: it must be good enough for clients that are not ours.
import { randomBytes } from 'node:crypto'
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { startFtpServer } from '@net/ftp/testing'
import { createCertificates } from '@net/socket/testing'
import { expect, test } from 'vitest'
import { requireDaemon } from './daemon.ts'
import { runProgram } from './run-program.ts'
import { testFolder } from './test-folder.ts'

const users = { ada: 'lovelace' }
const names = ['a.txt', 'sub/b c.txt', 'sub/m\u00E4rz/\u00FC.txt']

test('rclone mirrors a tree up and down, in clear and over TLS, and finds both the same', async ({
  skip,
}) => {
  const rclone = requireDaemon({ skip }, 'rclone')
  const password = (await runProgram(rclone, ['obscure', users.ada])).stdout.trim()
  for (const secure of [false, true]) {
    const tls = secure ? { tls: createCertificates().issue(), requireTls: true } : {}
    await using server = await startFtpServer({ users, ...tls })
    const folder = testFolder()
    mkdirSync(join(folder, 'up/sub/m\u00E4rz'), { recursive: true })
    const files = new Map(names.map((name) => [name, randomBytes(10_000)]))
    for (const [name, content] of files) writeFileSync(join(folder, 'up', name), content)
    const where = ['--ftp-host', '127.0.0.1', '--ftp-port', new URL(server.url).port]
    const who = ['--ftp-user', 'ada', '--ftp-pass', password]
    const how = secure ? ['--ftp-explicit-tls', '--ftp-no-check-certificate'] : []
    const run = (...args: readonly string[]): ReturnType<typeof runProgram> =>
      runProgram(rclone, [...args, '--config', '/dev/null', ...where, ...who, ...how])

    const remote = ':ftp:tree'
    expect(await run('sync', join(folder, 'up'), remote)).toMatchObject({ status: 0 })
    expect(await run('check', '--download', join(folder, 'up'), remote)).toMatchObject({
      status: 0,
    })
    // What is gone on one side goes on the other.
    rmSync(join(folder, 'up/a.txt'))
    expect(await run('sync', join(folder, 'up'), remote)).toMatchObject({ status: 0 })
    expect(await run('sync', remote, join(folder, 'down'))).toMatchObject({ status: 0 })
    for (const name of names.slice(1)) {
      expect(
        readFileSync(join(folder, 'down', name)).equals(files.get(name) ?? Buffer.alloc(0)),
      ).toBe(true)
    }
    expect(server.files.paths()).toEqual(names.slice(1).map((name) => `/tree/${name}`))
  }
})

test('ftplib walks a tree, and goes on with a download and an upload, in both modes and over TLS', async ({
  skip,
}) => {
  const python = requireDaemon({ skip }, 'python3')
  const authority = createCertificates()
  const folder = testFolder()
  const content = randomBytes(300_000)
  const part = content.subarray(0, 100_000)
  writeFileSync(join(folder, 'ca.pem'), authority.ca)
  writeFileSync(join(folder, 'content'), content)
  for (const manner of ['passive', 'active', 'tls']) {
    await using server = await startFtpServer({
      users,
      tls: authority.issue(),
      requireTls: manner === 'tls',
      files: { '/down': content, '/up': part, '/in/deep/er': 'x' },
    })
    const args = [manner, new URL(server.url).port, join(folder, 'ca.pem'), join(folder, 'content')]
    const ended = await runProgram(python, ['-c', SCRIPT, ...args])
    expect(ended).toEqual({ status: 0, stderr: '', stdout: 'down in in/deep in/deep/er up\n' })
    expect(Buffer.from(server.files.read('/up')).equals(content)).toBe(true)
    const way = manner === 'active' ? /^(?:EPRT|PORT)/u : /^(?:EPSV|PASV)/u
    expect(server.received.some((line) => way.test(line))).toBe(true)
  }
})

const SCRIPT = `
import ftplib, ssl, sys
manner, port, ca, path = sys.argv[1:]
if manner == "tls":
    ftp = ftplib.FTP_TLS(context=ssl.create_default_context(cafile=ca))
else:
    ftp = ftplib.FTP()
ftp.connect("localhost", int(port), 20)
ftp.login("ada", "lovelace")
if manner == "tls":
    ftp.prot_p()
ftp.set_pasv(manner != "active")

def walk(folder):
    for name, facts in sorted(ftp.mlsd(folder)):
        if name in (".", ".."):
            continue
        where = f"{folder}/{name}" if folder else name
        yield where
        if facts["type"] == "dir":
            yield from walk(where)

print(*walk(""))
content = open(path, "rb").read()
there = bytearray(content[:200_000])
ftp.retrbinary("RETR down", there.extend, rest=len(there))
assert bytes(there) == content
with open(path, "rb") as file:
    start = ftp.size("up")
    file.seek(start)
    ftp.storbinary("STOR up", file, rest=start)
assert ftp.size("up") == len(content)
ftp.quit()
`
