import { describe, expect, it } from 'vitest'

import { addressOf, serverOf, urlOf, webAddress, type ServerAddress } from '../src/address.ts'

describe('addressOf', () => {
  it('takes what is no URL for a local name, literally', () => {
    for (const name of [
      '/srv/a[1].txt',
      '/srv/50%41',
      '/srv/what?',
      '/srv/a#b',
      '/srv/~',
      '/srv/-rf',
    ]) {
      expect(addressOf(name)).toMatchObject({ kind: 'local', path: name, mustBeFolder: false })
    }
    expect(addressOf('/srv/in/')).toMatchObject({ path: '/srv/in', mustBeFolder: true })
    expect(addressOf('.')).toMatchObject({ kind: 'local', mustBeFolder: false })
    expect(addressOf('file:///srv/50%2541')).toMatchObject({ kind: 'local', path: '/srv/50%41' })
    expect(addressOf('-')).toEqual({ kind: 'stream', given: '-' })
  })

  it.each([
    ['ftp://h/in/a.txt', '.', 'in/a.txt'],
    ['ftp://h/%2Fsrv/a', '/', 'srv/a'],
    ['ftp://h//srv/a', '/', 'srv/a'],
    ['ftp://h', '.', ''],
    ['ftp://h/', '.', ''],
    ['ftp://h/%2F', '/', ''],
    ['ftp://h/~/a', '.', 'a'],
    ['sftp://h/srv/a', '/', 'srv/a'],
    ['sftp://h/~/a', '.', 'a'],
    ['sftp://h/~', '.', ''],
    ['sftp://h/~a', '/', '~a'],
    ['sftp://h', '/', ''],
    ['sftp://h/a%20b%2541%3F%23', '/', 'a b%41?#'],
    ['sftp://h/100%', '/', '100%'],
  ])('reads the path of %s once', (url, root, path) => {
    expect(addressOf(url)).toMatchObject({ root, path })
  })

  it('reads user, host and port, and keeps no user in the URL of the server', () => {
    expect(addressOf('sftp://ada@[::1]:2222/a/')).toMatchObject({
      kind: 'sftp',
      server: 'sftp://[::1]:2222',
      host: '::1',
      user: 'ada',
      path: 'a',
      mustBeFolder: true,
    })
    expect(addressOf('ftps://h/a')).toMatchObject({ kind: 'ftp', server: 'ftps://h:990' })
    expect(addressOf('https://h/a?b#c')).toMatchObject({ kind: 'http', url: 'https://h/a?b#c' })
  })

  it('refuses what would mean another path than it seems to', () => {
    expect(() => addressOf('ftp://h/a?b')).toThrow('write %3F for ?')
    expect(() => addressOf('sftp://h/a#b')).toThrow('write %23 for #')
    expect(() => addressOf('sftp://h/a%2Fb')).toThrow('slash')
    expect(() => addressOf('sftp://h/a/%2E%2E/b')).toThrow('..')
    expect(() => addressOf('gopher://h/')).toThrow('no protocol of this command')
    expect(() => addressOf('')).toThrow('names no file')
  })

  it('refuses a password in the arguments, which everybody could read', () => {
    const [url, web] = ['ftp://ada:love@h/a', 'https://ada:love@h/a']
    for (const refused of [
      () => addressOf(url),
      () => webAddress(web),
      () => serverOf(url, { defaultPort: 21 }),
    ]) {
      expect(refused).toThrow(/NET_PASSWORD/)
      expect(refused).not.toThrow(/love/)
    }
  })
})

describe('urlOf', () => {
  it('prints what addressOf reads as the same file', () => {
    const names = [
      'a b',
      'a[1]',
      '{x}',
      'a#b',
      'a?b',
      '%41',
      ' end ',
      '"q"',
      "'q'",
      'a\nb',
      '-rf',
      '~',
      'ä',
      '*',
      'a;b',
      '..a',
    ]
    for (const url of ['ftp://h:21/', 'ftp://ada@h:21/%2F', 'sftp://h:22/', 'sftp://h:22/~/']) {
      const address = addressOf(url) as ServerAddress
      for (const name of names) {
        const again = addressOf(urlOf(address, `in/${name}`))
        expect(again).toMatchObject({ root: address.root, path: `in/${name}`, user: address.user })
      }
    }
    expect(addressOf(urlOf(addressOf('/srv'), '/srv/a#%41?'))).toMatchObject({
      path: '/srv/a#%41?',
    })
    expect(urlOf(addressOf('https://h/a'), '')).toBe('https://h/a')
    expect(urlOf(addressOf('-'), '')).toBe('-')
  })
})
