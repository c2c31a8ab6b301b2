// Servers whose clock is that of Berlin: vsftpd tells all times by today's offset, ProFTPD those of LIST by that of each date.
import { mkdirSync, statSync, utimesSync, writeFileSync, chmodSync } from 'node:fs'
import { join } from 'node:path'

import { expect, test, type TestContext } from 'vitest'

import { memoryFiles, mirror } from '@net/files'
import * as ftp from '@net/ftp'

import { requireDaemon } from './daemon.ts'
import { startProftpd, type FtpDaemon } from './ftp-daemons.ts'
import { startVsftpd } from './vsftpd.ts'

const zone = 'Europe/Berlin'
const daemons = {
  'vsftpd with use_localtime': (context: TestContext): Promise<FtpDaemon> =>
    startVsftpd(requireDaemon(context, 'vsftpd'), { zone }),
  'ProFTPD with local times': (context: TestContext): Promise<FtpDaemon> =>
    startProftpd(context, ['TimesGMT off'], zone),
  'ProFTPD with local times and no facts': (context: TestContext): Promise<FtpDaemon> =>
    startProftpd(context, ['TimesGMT off', 'FactsAdvertise off'], zone),
} as const
const names = Object.keys(daemons) as (keyof typeof daemons)[]
const times = {
  july: Date.UTC(2025, 6, 15, 22, 20, 30),
  november: Date.UTC(2025, 10, 15, 22, 50, 30),
} as const
const files = Object.entries(times)

test.for(names.flatMap((name) => [[name, undefined] as const, [name, zone] as const]))(
  'times of %s are right behind an upload, zone %s stated, and what is set is told',
  async ([name, timeZone], context) => {
    await using daemon = await daemons[name](context)
    putFiles(daemon)
    await using partner = await logIn(daemon, { timeZone })
    await partner.writeFile('new', 'text')
    for (const [path, time] of files) {
      expect(await partner.modified(path)).toBe(time)
      expect((await partner.stat(path)).modified).toBe(time)
    }
    const isNew = Math.abs((await partner.modified('new')) - Date.now()) < 60_000
    expect(isNew).toBe(true)
    for (const [, time] of files) {
      await partner.setModified('new', time)
      expect((await partner.stat('new')).modified).toBe(time)
      expect(statSync(join(daemon.root, 'new')).mtimeMs).toBe(time)
    }
  },
)

test.for(names)(
  'dates in listings of %s are right within what they tell, by the zone that is stated',
  async (name, context) => {
    await using daemon = await daemons[name](context)
    putFiles(daemon)
    await using partner = await logIn(daemon, { timeZone: zone })
    const recent = Date.now() - 3_600_000
    writeFileSync(join(daemon.root, 'recent'), '')
    utimesSync(join(daemon.root, 'recent'), recent / 1000, recent / 1000)
    const seen: string[] = []
    for await (const { name: path, modified = 0, modifiedGrain = 1000 } of partner.list()) {
      const time = path === 'recent' ? recent : Object.fromEntries(files)[path]
      if (time === undefined) continue
      seen.push(path)
      const late = time - modified
      expect([path, late >= 0 && late < modifiedGrain]).toEqual([path, true])
      expect(modifiedGrain).toBeLessThanOrEqual(path === 'recent' ? 60_000 : 86_400_000)
    }
    expect(seen.toSorted()).toEqual(['july', 'november', 'recent'])
    // Nothing was written in this session.
    expect((await partner.stat('july')).modified).toBe(times.july)
  },
)

test.for(names)(
  'a mirror to %s, whose zone is stated, does nothing the second time, and sends what is newer',
  async (name, context) => {
    await using daemon = await daemons[name](context)
    const source = memoryFiles({ contents: { 'a/july': 'x', 'a/november': 'y' } })
    for (const [path, time] of files) await source.setModified(`a/${path}`, time)
    await using partner = await logIn(daemon, { timeZone: zone })
    await partner.mkdir('tree')
    const tree = partner.files('tree')
    expect(await mirror(source, tree)).toMatchObject({ made: 3, failed: 0 })
    expect(await mirror(source, tree)).toMatchObject({ made: 0, replaced: 0, failed: 0 })
    await source.write('a/july', Buffer.from('z'))
    await source.setModified('a/july', Date.now() + 7_200_000)
    expect(await mirror(source, tree)).toMatchObject({ made: 0, replaced: 1, failed: 0 })
  },
)

/** They belong to those who log in, as far as they belong to others than root. */
function putFiles({ root }: FtpDaemon): void {
  mkdirSync(root, { recursive: true })
  for (const [path, time] of files) {
    writeFileSync(join(root, path), path)
    chmodSync(join(root, path), 0o666)
    utimesSync(join(root, path), time / 1000, time / 1000)
  }
}

function logIn(
  { url, user, password }: FtpDaemon,
  options: ftp.FtpConnectOptions,
): Promise<ftp.FtpClient> {
  return ftp.connect(url, { user, password, ...options })
}
