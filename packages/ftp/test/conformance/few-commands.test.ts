import { expect, test } from 'vitest'

import { connect } from '@net/ftp'
import { startFtpServer } from '@net/ftp/testing'

const bytes = Buffer.from('0123456789')
const EXTRAS =
  'FEAT OPTS SYST STAT HELP SITE PWD CWD CDUP SIZE MDTM MFMT MLST MLSD LIST NLST RNFR RNTO DELE MKD RMD REST APPE STOU HASH XMD5 XSHA256 EPSV EPRT HOST CLNT ALLO'.split(
    ' ',
  )

const sends = (received: readonly string[]): readonly string[] =>
  received.filter((line) => line.startsWith('STOR'))

test.each(['550 No such file.', '450 It is gone.', '502 Not here.', '553 What?'])(
  'a file that its receiver takes away at once is sent, and sent once: %s',
  async (reply) => {
    await using server = await startFtpServer()
    await using client = await connect(server.url, { reconnect: true })
    server.fail({ on: 'SIZE', times: Infinity, do: { reply } })
    expect(await client.upload(bytes, 'order')).toMatchObject({ transferred: 10, verified: false })
    expect(sends(server.received)).toHaveLength(1)
  },
)

test('a folder that can only be written needs no more than STOR', async () => {
  await using server = await startFtpServer({
    without: EXTRAS.filter((verb) => verb !== 'EPSV'),
  })
  await using client = await connect(server.url)
  const before = server.received.length
  for (const name of ['one', 'two']) {
    expect(await client.upload(bytes, name)).toMatchObject({ verified: false })
    expect(server.files.text(`/${name}`)).toBe('0123456789')
  }
  expect(server.received.slice(before)).toEqual([
    'EPSV',
    'STOR one',
    'SIZE one',
    'EPSV',
    'STOR two',
  ])
})

test('a device that knows USER, PASS, PASV and STOR alone takes a file, and its strays are no replies', async () => {
  await using server = await startFtpServer({ without: EXTRAS.filter((verb) => verb !== 'FEAT') })
  server.fail({ on: 'FEAT', do: { reply: '211 211-Extensions:\r\n UTF8\r\n PASV\r\n211 END' } })
  server.fail({ on: 'TYPE', do: { reply: '250 As you like.' } })
  server.fail({ on: 'EPSV', do: { reply: '202 Superfluous.' } })
  await using client = await connect(server.url)
  for (const name of ['one', 'two']) {
    expect(await client.upload(bytes, name)).toMatchObject({ verified: false })
    expect(server.files.text(`/${name}`)).toBe('0123456789')
  }
  const ways = server.received.filter((line) => /^(?:EPSV|PASV)/.test(line))
  expect(ways).toEqual(['EPSV', 'PASV', 'PASV'])
})
