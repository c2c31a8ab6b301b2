import * as ssh from '@net/ssh'
import { describe, expect, it } from 'vitest'

import { armFaults, serverKinds } from '../../src/serve/servers.ts'

const none = { folder: undefined, users: undefined, tls: undefined, like: undefined }

describe('serverKinds', () => {
  it('starts each of them with a URL that says what it is', async () => {
    const urls: string[] = []
    for (const [name, kind] of Object.entries(serverKinds)) {
      await using served = await kind.start(none)
      urls.push(`${name} ${served.about.url.replace(/\d+\/?$/, 'N')}`)
    }
    expect(urls).toEqual([
      'ftp ftp://127.0.0.1:N',
      'sftp sftp://127.0.0.1:N',
      'ssh ssh://127.0.0.1:N',
      'smtp smtp://127.0.0.1:N',
      'http http://127.0.0.1:N',
      'socks socks5://127.0.0.1:N',
      'echo tcp://127.0.0.1:N',
    ])
  })

  it.each(['ssh', 'sftp'])('says who may log in to %s where nobody was named', async (name) => {
    await using served = await serverKinds[name]!.start(none)
    const { user, password, url, fingerprint } = served.about as Record<string, string>
    expect([user, password]).toEqual(['ada', 'lovelace'])
    const hostKeys = ssh.pinned(fingerprint!)
    const host = await ssh.connect(url!.replace(/^sftp/, 'ssh'), { user, password, hostKeys })
    await host.close()
  })

  it.each(['ssh', 'sftp'])('lets in to %s those alone that were named', async (name) => {
    await using served = await serverKinds[name]!.start({ ...none, users: { bob: 'secret' } })
    const { url, fingerprint, ...rest } = served.about as Record<string, string>
    expect(Object.keys(rest)).toEqual(['knownHosts'])
    const hostKeys = ssh.pinned(fingerprint!)
    const logIn = (user: string, password: string) =>
      ssh.connect(url!.replace(/^sftp/, 'ssh'), { user, password, hostKeys })
    await expect(logIn('ada', 'lovelace')).rejects.toMatchObject({ code: 'NET_AUTH_REJECTED' })
    const host = await logIn('bob', 'secret')
    await host.close()
  })
})

describe('armFaults', () => {
  it('refuses a fault that the server has not', async () => {
    const { echo, ftp } = serverKinds
    await using served = await echo!.start(none)
    expect(() => armFaults(served, echo!, [':drop'])).toThrow('has no faults')
    await using other = await ftp!.start(none)
    expect(() => armFaults(other, ftp!, [':goodbye'])).toThrow(/do must be/)
  })
})
