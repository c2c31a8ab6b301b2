import { describe, expect, it } from 'vitest'

import { addressOf } from '../src/address.ts'
import { askersAmong, roleAmong } from '../src/askers.ts'

describe('askersAmong', () => {
  it('counts logins, but for anonymous ones', () => {
    const addresses = [
      '/a',
      'https://h/a',
      'ftp://h/a',
      'ftp://ada@h/a',
      'sftp://h/a',
      'sftp://h/b',
    ]
    expect(askersAmong(addresses.map(addressOf), { options: {} }).size).toBe(2)
    expect(askersAmong(addresses.map(addressOf), { options: { user: 'bob' } }).size).toBe(3)
  })
})

describe('roleAmong', () => {
  const role = (
    args: readonly string[],
    of: 'only' | 'source' | 'target',
    state?: string,
  ): string => roleAmong({ args, options: { state } }, of)

  it('is that of one of several where there are more than one for one password', () => {
    expect(role(['sftp://h/a', 'sftp://h/b'], 'only')).toBe('only')
    expect(role(['sftp://h/a', 'sftp://i/b'], 'only')).toBe('several')
    expect(role(['sftp://h/a', 'sftp://i/b'], 'source')).toBe('source')
    expect(role(['sftp://h/a', 'sftp://g/a', 'sftp://i/b'], 'source')).toBe('several')
    expect(role(['sftp://h/a', 'sftp://g/a', 'sftp://i/b'], 'target')).toBe('target')
    expect(role(['/a', 'sftp://i/b'], 'only', 'sftp://h/state')).toBe('several')
  })
})
