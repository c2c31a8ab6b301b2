// Clocks of servers that are not UTC, measured by what is written, on either side of a change of summer time.
import { expect, test } from 'vitest'

import { useFakeClock } from '@net/core/testing'
import { connect } from '@net/ftp'
import { startFtpServer, type FtpServer } from '@net/ftp/testing'

const HOUR = 3_600_000
const files = { '/july': 'j', '/november': 'n' }
const july = Date.UTC(2025, 6, 15, 10, 20, 30)
const november = Date.UTC(2025, 10, 15, 10, 20, 30)
const winter = Date.UTC(2026, 0, 2)
const summer = Date.UTC(2026, 6, 2)

function mdtm(server: FtpServer, name: string, shown: number): void {
  const text = new Date(shown).toISOString().replace(/[-:T]|\..*$/g, '')
  server.fail({ on: `MDTM ${name}`, do: { reply: `213 ${text}` } })
}

function isVsftpd(server: FtpServer): void {
  server.fail({ on: 'STAT', do: { reply: '211-FTP server status:\r\n vsFTPd 3.0.3\r\n211 End' } })
}

test.each([
  ['winter', winter, HOUR, undefined],
  ['summer', summer, 2 * HOUR, undefined],
  ['winter', winter, HOUR, 'Europe/Berlin'],
  ['summer', summer, 2 * HOUR, 'Europe/Berlin'],
])(
  "in %s all times of vsftpd's local clock carry the offset of the day, which a file of this session shows",
  async (_season, today, ahead, timeZone) => {
    using clock = useFakeClock()
    await clock.advance(today - clock.date())
    await using server = await startFtpServer({ files, like: 'vsftpd' })
    await using client = await connect(server.url, { timeZone })
    if (timeZone !== undefined) isVsftpd(server)
    await client.writeFile('new', 'text')
    mdtm(server, 'new', today + ahead)
    mdtm(server, 'july', july + ahead)
    mdtm(server, 'november', november + ahead)
    expect(await client.modified('july')).toBe(july)
    expect(await client.stat('november')).toMatchObject({
      modified: november,
      modifiedFrom: 'MDTM',
      modifiedZone: 'measured',
    })
    // What is set is by the same clock.
    if (timeZone === undefined) isVsftpd(server)
    server.fail({ on: 'SITE', do: { reply: '500 Unknown SITE command.' } })
    server.fail({ on: 'MDTM 2', do: { reply: '213 File modification time set.' } })
    mdtm(server, 'july', july + ahead)
    await client.setModified('july', july)
    const shown = new Date(july + ahead).toISOString().replace(/[-:T]|\..*$/g, '')
    expect(server.received).toContain(`MDTM ${shown} july`)
    // Measured once.
    expect(server.received.filter((line) => line === 'MDTM new')).toHaveLength(1)
  },
)

test('a local clock of another server is read by the offset of the date of each file', async () => {
  using clock = useFakeClock()
  await clock.advance(winter - clock.date())
  await using server = await startFtpServer({ files })
  await using client = await connect(server.url, { timeZone: 'Europe/Berlin' })
  await client.writeFile('new', 'text')
  mdtm(server, 'new', winter + HOUR)
  mdtm(server, 'july', july + 2 * HOUR)
  mdtm(server, 'november', november + HOUR)
  expect(await client.modified('july')).toBe(july)
  expect(await client.modified('november')).toBe(november)
})

test('the zone that is stated is that of MDTM at vsftpd, where nothing was written', async () => {
  using clock = useFakeClock()
  await clock.advance(summer - clock.date())
  await using server = await startFtpServer({ files, like: 'vsftpd' })
  await using client = await connect(server.url, { timeZone: 'Europe/Berlin' })
  isVsftpd(server)
  mdtm(server, 'november', november + 2 * HOUR)
  expect(await client.stat('november')).toMatchObject({
    modified: november,
    modifiedZone: 'stated',
  })
})

test.each([
  ['nothing was written', undefined],
  ['the clock is wrong by something else than a zone', 7 * 60_000],
  ['it is a day ahead', 24 * HOUR],
])('MDTM is taken for UTC, and marked so, where %s', async (_why, ahead) => {
  using clock = useFakeClock()
  await using server = await startFtpServer({ files, like: 'vsftpd' })
  await using client = await connect(server.url)
  if (ahead !== undefined) {
    await client.writeFile('new', 'text')
    mdtm(server, 'new', clock.date() + ahead)
  }
  mdtm(server, 'july', july)
  expect(await client.stat('july')).toMatchObject({ modified: july, modifiedZone: 'assumed' })
})

test('a file that was renamed still shows the clock, and one that was given a time does not', async () => {
  using clock = useFakeClock()
  await using server = await startFtpServer({ files, without: ['MLST', 'MLSD'] })
  await using client = await connect(server.url)
  await client.writeFile('new', 'text', { temporary: true })
  await client.rename('new', 'newer')
  mdtm(server, 'newer', clock.date() + HOUR)
  mdtm(server, 'july', july + HOUR)
  expect(await client.modified('july')).toBe(july)
  await using other = await connect(server.url)
  await other.writeFile('new', 'text')
  server.fail({ on: 'MDTM new', do: { reply: '550 Not now.' } })
  await other.setModified('new', clock.date() - HOUR)
  mdtm(server, 'july', july)
  expect(await other.stat('july')).toMatchObject({ modified: july, modifiedZone: 'assumed' })
})

test('facts are UTC whatever MDTM is', async () => {
  using clock = useFakeClock()
  await using server = await startFtpServer({ files })
  await using client = await connect(server.url, { timeZone: '+01:00' })
  await client.writeFile('new', 'text')
  expect(await client.files().capabilities()).toMatchObject({ times: { zone: 'utc' } })
  const entry = await client.stat('new')
  expect(entry).toMatchObject({ modified: expect.any(Number) })
  expect(entry).not.toHaveProperty('modifiedFrom')
  expect(clock.timers).toBe(0)
})

test('a tree has times of LIST where the zone is stated, and none elsewhere', async () => {
  await using server = await startFtpServer({ like: 'vsftpd' })
  await using stated = await connect(server.url, { timeZone: '+00:00' })
  const modified = Date.UTC(2025, 6, 15, 10, 20, 30)
  server.files.write('/july', new Uint8Array(1))
  server.files.setModified('/july', modified)
  const tree = stated.files()
  expect(await tree.capabilities()).toMatchObject({ times: { grain: 1000, zone: 'local' } })
  expect(await Array.fromAsync(tree.list(''))).toMatchObject([
    { modified: Date.UTC(2025, 6, 15), modifiedGrain: 86_400_000, modifiedFrom: 'LIST' },
  ])
  expect(await tree.stat('july')).toMatchObject({ modified })
  await using named = await connect(server.url, { timeZone: 'Europe/Berlin' })
  expect(await named.files().capabilities()).toMatchObject({ times: { zone: 'utc' } })
  await using plain = await connect(server.url)
  expect(await plain.files().capabilities()).not.toHaveProperty('times')
  expect(await plain.files().stat('july')).not.toHaveProperty('modified')
  expect(await plain.stat('july')).toMatchObject({ modified, modifiedZone: 'assumed' })
})

test.each(['Berlin', '', '+25:00', 2])('%j is no time zone', async (timeZone) => {
  const options = { timeZone } as { timeZone: string }
  await expect(connect('ftp://127.0.0.1:1', options)).rejects.toMatchObject({
    code: 'NET_BAD_OPTION',
    message: expect.stringContaining('Europe/Berlin'),
  })
})
