import { expect, test } from 'vitest'

import { useFakeClock } from '@net/core/testing'
import { connect } from '@net/ftp'
import { startFtpServer } from '@net/ftp/testing'

test('a rename that is stopped in the middle is taken back before the next call', async () => {
  for (const temporary of [false, true]) {
    await using server = await startFtpServer({ like: 'proftpd', files: { '/a': 'x' } })
    await using client = await connect(server.url)
    using clock = useFakeClock()
    const controller = new AbortController()
    const { signal } = controller
    server.fail({ on: 'RNFR', do: { delay: 20 } })
    const calling = temporary
      ? client.writeFile('b', 'y', { temporary, signal })
      : client.rename('a', 'b', { signal })
    const ended = Promise.allSettled([calling])
    await expect.poll(() => server.received.some((line) => line.startsWith('RNFR'))).toBe(true)
    controller.abort()
    expect(await ended).toMatchObject([{ reason: { code: 'NET_ABORTED' } }])
    await clock.advance(20)
    expect([await client.exists('a'), await client.exists('b')]).toEqual([true, false])
    expect(server.received.filter((line) => line.startsWith('RNTO'))).toEqual([
      temporary ? 'RNTO .b.part' : 'RNTO a',
    ])
    await client.rename('a', 'c')
    expect(server.files.text('/c')).toBe('x')
  }
})

test('a look by RNFR is taken back, also where the server has forgotten it', async () => {
  for (const like of ['proftpd', 'vsftpd'] as const) {
    await using server = await startFtpServer({
      like,
      files: { '/a': 'a', '/b': 'b' },
      without: ['MLST', 'MLSD', 'SIZE', 'MDTM', 'CWD'],
    })
    await using client = await connect(server.url)
    server.fail({ on: 'LIST', do: { send: '-rw-r--r-- 1 a b 1 Jan 01 2020 a\r\n' } })
    await expect(client.rename('a', 'b')).rejects.toMatchObject({ code: 'NET_EXISTS' })
    if (like === 'vsftpd') server.fail({ on: 'RNTO', do: { reply: '503 RNFR required first.' } })
    expect(await client.pwd()).toBe('/')
    await client.rename('a', 'b', { replace: true })
    expect([server.files.paths(), server.files.text('/b')]).toEqual([['/b'], 'a'])
  }
})
