// Whole trees of our FTP server, with @net/files: names that lead elsewhere, restarts, connections that break.
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'

import { expect, test } from 'vitest'

import { isNetError, type RemoteFiles } from '@net/core'
import {
  at,
  localFiles,
  measureClockShift,
  memoryFiles,
  mirror,
  remove,
  type TreeReport,
} from '@net/files'
import * as ftp from '@net/ftp'
import { startFtpServer } from '@net/ftp/testing'
import { tcpDialer, type Dialer } from '@net/socket'
import { faulty } from '@net/socket/testing'

import { testFolder } from './test-folder.ts'

const EVIL = '../x /abs a/../../b .. . ..\\x C:\\x CON x:stream dot. nul\0 esc\u001b[2J A a'
  .split(' ')
  .concat('space ', 'n'.repeat(300))

test('[H-FTP-16] a listing leads nowhere but into the folder, and the rest arrives', async () => {
  const folder = testFolder()
  const target = join(folder, 'target')
  mkdirSync(target)
  await using server = await startFtpServer({ files: { '/fine': 'fine', '/a': 'a' } })
  await using partner = await ftp.connect(server.url, { retry: false })
  const lines = ['fine', ...EVIL].map((name) => `type=file;size=1; ${name}\r\n`)
  server.fail({ on: 'MLSD', do: { send: lines.join('') } })
  const report = await reportOf(mirror(partner.files(), localFiles(target)))
  expect(readFileSync(join(target, 'fine'), 'utf8')).toBe('fine')
  for (const path of ['x', 'b', 'abs']) expect(existsSync(join(folder, path))).toBe(false)
  expect(existsSync('/abs')).toBe(false)
  expect(report.failed).toBeGreaterThan(0)
  for (const { path, error } of report.entries) {
    if (error !== undefined) expect(path).not.toBe('fine')
  }
})

test('[H-FTP-17] a name that changes its type, and a link of ours that leads out, move nothing outside', async () => {
  const folder = testFolder()
  const [target, outside] = [join(folder, 'target'), join(folder, 'outside')]
  mkdirSync(target)
  mkdirSync(outside)
  symlinkSync(outside, join(target, 'link'))
  symlinkSync(join(outside, 'secret'), join(target, 'file'))
  await using server = await startFtpServer({
    files: { '/link/a': 'a', '/file': 'f', '/fine': 'x' },
  })
  await using partner = await ftp.connect(server.url, { retry: false })
  await reportOf(mirror(partner.files(), localFiles(target)))
  expect(existsSync(join(outside, 'a'))).toBe(false)
  expect(existsSync(join(outside, 'secret'))).toBe(false)
  expect(readFileSync(join(target, 'fine'), 'utf8')).toBe('x')
  const twice = 'type=file;size=1; both\r\ntype=dir; both\r\ntype=OS.unix=slink:/etc; both\r\n'
  server.fail({ on: 'MLSD', do: { send: twice } })
  await reportOf(mirror(partner.files(), localFiles(join(folder, 'other'))))
  expect(existsSync(join(folder, 'etc'))).toBe(false)
})

test('[FTP-32] [FTP-31] a mirror moves what differs, and the second run nothing', async () => {
  const contents = Object.fromEntries(
    Array.from({ length: 60 }, (_, at) => [`d${at % 5}/f${at}`, `${at}`]),
  )
  const source = memoryFiles({ contents })
  await using server = await startFtpServer({ files: { '/site/.keep': '' } })
  await using partner = await ftp.connect(server.url, { connections: 4 })
  const site = partner.files('/site')
  expect((await mirror(source, site)).made).toBeGreaterThanOrEqual(60)
  expect((await mirror(source, site)).transferred).toBe(0)
  expect(server.files.text('/site/d4/f9')).toBe('9')
  const back = memoryFiles()
  await mirror(site, back)
  expect(await hashesOf(back)).toEqual(await hashesOf(site))
  expect(Math.abs(await measureClockShift(site))).toBe(0)
})

test('[H-FTP-24] a server that is started anew in the middle of a mirror costs no file', async () => {
  const contents = Object.fromEntries(
    Array.from({ length: 20 }, (_, at) => [`f${at}`, Buffer.alloc(50_000, at)]),
  )
  let server = await startFtpServer({ files: { '/in/.keep': '' } })
  const { files, url } = server
  const first = Number(new URL(url).port)
  const road = tcpDialer()
  const dialer: Dialer = {
    name: 'the server of now',
    dial(endpoint, options) {
      const port = endpoint.port === first ? Number(new URL(server.url).port) : endpoint.port
      return road.dial({ ...endpoint, port }, options)
    },
  }
  await using partner = await ftp.connect(url, { dialer, reconnect: true })
  const source = memoryFiles({ contents })
  let settled = 0
  const onEntry = (): void => {
    if (++settled !== 7) return
    void server.close()
    void startFtpServer({ files }).then((next) => {
      server = next
    })
  }
  let report = await reportOf(mirror(source, partner.files('/in'), { concurrency: 1, onEntry }))
  expect(report.entries.length).toBeGreaterThanOrEqual(20)
  for (let run = 0; run < 5 && report.failed > 0; run++) {
    report = await reportOf(mirror(source, partner.files('/in')))
  }
  expect(report.failed).toBe(0)
  expect(await hashesOf(partner.files('/in'), ['.keep'])).toEqual(await hashesOf(source))
  await server.close()
})

const FILES = process.env['NET_SOAK'] === '1' ? 2000 : 200

test(`a mirror of ${FILES} files, one connection in ten of which breaks, ends identical`, async () => {
  const contents = Object.fromEntries(
    Array.from({ length: FILES }, (_, at) => [
      `d${at % 20}/f${at}`,
      Buffer.alloc(500 + (at % 3000), at),
    ]),
  )
  const source = memoryFiles({ contents })
  await using server = await startFtpServer({ files: { '/in/.keep': '' } })
  const damage = { connections: 0, broken: 0 }
  await using partner = await ftp.connect(server.url, {
    dialer: breaking(tcpDialer(), damage),
    connections: 4,
    reconnect: true,
  })
  let report = await reportOf(mirror(source, partner.files('/in')))
  for (let run = 0; run < 10 && report.failed > 0; run++) {
    report = await reportOf(mirror(source, partner.files('/in')))
  }
  expect(report.failed).toBe(0)
  expect(damage.broken).toBeGreaterThan(FILES / 20)
  await using looking = await ftp.connect(server.url)
  expect(await hashesOf(looking.files('/in'), ['.keep'])).toEqual(await hashesOf(source))
}, 600_000)

/** The road, on which every tenth connection ends after so many bytes as its number says. */
function breaking(inner: Dialer, damage: { connections: number; broken: number }): Dialer {
  return {
    name: 'breaking',
    async dial(endpoint, options) {
      const number = damage.connections++
      if (number % 10 !== 5) return inner.dial(endpoint, options)
      damage.broken++
      const on = number % 20 === 5 ? 'send' : 'receive'
      return faulty(inner, { on, after: (number * 37) % 700, do: 'reset' }).dial(endpoint, options)
    },
  }
}

async function reportOf(running: Promise<TreeReport>): Promise<TreeReport> {
  try {
    return await running
  } catch (error) {
    if (isNetError(error) && error.code === 'NET_PARTIAL_TRANSFER')
      return error.partial as TreeReport
    throw error
  }
}

async function hashesOf(
  files: RemoteFiles,
  without: readonly string[] = [],
): Promise<Readonly<Record<string, string>>> {
  const found: Record<string, string> = {}
  const folders = ['']
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
    for await (const { path, type } of files.list(folder)) {
      if (type === 'folder') folders.push(path)
      else if (!without.includes(path)) {
        const sum = createHash('md5')
        for await (const chunk of files.read(path)) sum.update(chunk)
        found[path] = sum.digest('hex')
      }
    }
  }
  return found
}

test('a link that a server shows as a folder goes as a link, and what it leads to stays', async () => {
  for (const how of ['remove', 'mirror']) {
    await using server = await startFtpServer({ files: { '/in/link/a': '1', '/in/b/c': '2' } })
    await using partner = await ftp.connect(server.url, { retry: false })
    server.fail({ on: 'DELE in/link', do: { reply: '250 The link is removed.' } })
    const tree = partner.files()
    const work =
      how === 'remove' ? remove(at(tree, 'in')) : mirror(memoryFiles(), tree, { delete: 'all' })
    // The test server has the folder still, which keeps the one that it is in.
    await reportOf(work)
    expect(server.files.paths()).toEqual(['/in/link/a'])
    expect(server.received.filter((line) => line.startsWith('DELE in/link'))).toEqual([
      'DELE in/link',
    ])
  }
})
