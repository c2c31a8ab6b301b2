import { startEchoServer } from '@net/socket/testing'
import { connect, socksDialer } from '@net/socket'
import { startSshServer } from '@net/ssh/testing'
import { describe, expect, it } from 'vitest'

import { net, startNet } from '../net.ts'

const login = ['--dangerously-accept-any-host-key', '--ssh-config', 'none', '-u', 'ada']
const env = { NET_PASSWORD: 'love' }

describe('net tunnel', () => {
  it('forwards ports until it is interrupted, and says where', async () => {
    await using echo = await startEchoServer()
    await using server = await startSshServer({ users: { ada: { password: 'love' } } })
    const target = echo.url.replace('tcp://', '')
    const running = startNet(
      ['tunnel', ...login, server.url, '-L', `0=${target}`, '-D', '0', '-R', `0=${target}`],
      { env },
    )
    const [, local, dynamic] = await running.printed(
      /^(tcp:\S+) → \S+\ntcp:\S+ → \S+\n(socks5:\S+)\n/,
    )
    await using one = await connect(local!)
    await one.write('hello\n')
    expect(await one.readLine()).toBe('hello')
    await using other = await connect(echo.url, { dialer: socksDialer(dynamic!) })
    await other.write('again\n')
    expect(await other.readLine()).toBe('again')
    running.interrupt()
    expect((await running.ended).code).toBe(130)
  })

  it('says what is wrong with its arguments', async () => {
    expect((await net(['tunnel', 'host'])).err).toBe(
      'net tunnel: give what to forward: -L, -R or -D\n',
    )
    await using server = await startSshServer({ users: { ada: { password: 'love' } } })
    expect((await net(['tunnel', ...login, server.url, '-L', 'nothing'], { env })).err).toContain(
      'is no tunnel',
    )
  })

  it('ends with the connection', async () => {
    const server = await startSshServer({ users: { ada: { password: 'love' } } })
    const running = startNet(['tunnel', ...login, server.url, '-L', '0:127.0.0.1:1'], { env })
    await running.printed(/\n/)
    await server.close()
    expect((await running.ended).code).toBe(8)
  })
})
