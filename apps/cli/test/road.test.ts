import { startHttpServer } from '@net/http/testing'
import { startConnectServer, startSocksServer } from '@net/socket/testing'
import { startSshServer } from '@net/ssh/testing'
import { describe, expect, it } from 'vitest'

import { net } from './net.ts'

describe('--via', () => {
  it('goes through a chain of proxies and an SSH host', async () => {
    await using web = await startHttpServer({ routes: { '/': { body: 'far' } } })
    await using socks = await startSocksServer()
    await using proxy = await startConnectServer()
    await using ssh = await startSshServer({ users: { ada: { open: true } } })
    const via = [socks.url, proxy.url, ssh.url.replace('//', '//ada@')].flatMap((url) => [
      '--via',
      url,
    ])
    const args = [
      'get',
      ...via,
      '--dangerously-accept-any-host-key',
      '--ssh-config',
      'none',
      `${web.url}/`,
    ]
    expect(await net(args)).toMatchObject({ code: 0, out: 'far', err: '' })
    expect([socks.received.length, proxy.received.length]).toEqual([1, 1])
    expect(ssh.received.some(({ what }) => what === 'tunnel')).toBe(true)
    expect(await net(['get', '-x', socks.url, `${web.url}/`])).toMatchObject({
      code: 0,
      out: 'far',
    })
  })

  it('says what is wrong with it', async () => {
    expect((await net(['get', '--via', 'gopher://h', 'http://h/'])).err).toContain(
      'give socks5:, http:, https: or ssh:',
    )
    expect(
      (await net(['get', '--via', 'socks5://h', '-x', 'http://h', 'http://h/'])).err,
    ).toContain('not both')
    expect((await net(['get', '--via', 'socks5://ada:love@h', 'http://h/'])).err).toContain(
      'NET_PASSWORD',
    )
    expect(
      (await net(['get', '--via', 'socks5://127.0.0.1:1', 'http://h/', '--retry', '0'])).code,
    ).toBe(4)
  })
})
