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
