import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import * as ftp from '@net/ftp'
import * as http from '@net/http'
import { describe, expect, it } from 'vitest'

import { net, startNet, temporaryFolder } from '../net.ts'

describe('net serve', () => {
  it('prints its URL as JSON, has the fault, and ends with the code of the signal', async () => {
    using folder = temporaryFolder()
    writeFileSync(join(folder.path, 'a.bin'), Buffer.alloc(50_000))
    const running = startNet([
      'serve',
      'ftp',
      folder.path,
      '--user',
      'ada:love',
      '--fail',
      'RETR:reset@1000',
      '--like',
      'vsftpd',
    ])
    const [line] = await running.printed(/^.*\n/)
    const { type, kind, url } = JSON.parse(line) as Record<string, string>
    expect([type, kind]).toEqual(['serving', 'ftp'])
    await using client = await ftp.connect(url!, { user: 'ada', password: 'love' })
    await expect(client.readFile('a.bin', { retry: false })).rejects.toMatchObject({
      code: expect.stringMatching(/^NET_(CONN|REPLY)_/),
    })
    await client.writeFile('b.txt', 'text')
    expect(readFileSync(join(folder.path, 'b.txt'), 'utf8')).toBe('text')
    await client.close()
    running.interrupt('SIGTERM')
    expect(await running.ended).toMatchObject({
      code: 143,
      err: 'net serve: interrupted by SIGTERM\n',
    })
  })

  it('speaks TLS, and names the authority to trust', async () => {
    using folder = temporaryFolder()
    mkdirSync(join(folder.path, 'in'))
    const running = startNet(['serve', 'http', folder.path, '--tls'])
    const [line] = await running.printed(/^.*\n/)
    const { url, ca } = JSON.parse(line) as { url: string; ca: string }
    expect(await http.get(url, { tls: { ca: readFileSync(ca, 'utf8') } }).text()).toContain('in/')
    running.interrupt()
    expect((await running.ended).code).toBe(130)
  })

  it.each([
    [['http', '--user', 'ada:love'], 'the http server has no --user'],
    [['echo', '--user', 'ada:love'], 'the echo server has no --user'],
    [['socks', '--tls'], 'the socks server has no --tls'],
    [['ssh', '--tls'], 'the ssh server has no --tls'],
    [['http', '--like', 'vsftpd'], 'the http server has no --like'],
    [['smtp', '.'], 'the smtp server has no folder'],
    [['http', 'not/there'], 'not/there is no folder'],
    [['sftp', 'not/there'], 'not/there is no folder'],
    [['ftp', 'package.json'], 'package.json is no folder'],
  ])('refuses what it would leave out: %j', async (args, message) => {
    expect(await net(['serve', ...args])).toMatchObject({ code: 2, err: `net serve: ${message}\n` })
  })

  it('says what is wrong with its arguments', async () => {
    expect((await net(['serve', 'gopher'])).err).toBe(
      'net serve: gopher is no kind of server: ftp, sftp, ssh, smtp, http, socks, echo\n',
    )
    expect((await net(['serve', 'ftp', '--user', 'ada'])).err).toContain('give name:password')
    expect(await net(['serve', 'ftp', '--fail', 'RETR'])).toMatchObject({ code: 2 })
    expect(await net(['serve', 'ftp', '--like', 'iis6'])).toMatchObject({ code: 2 })
  })
})
