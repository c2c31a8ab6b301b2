import { expect, test } from 'vitest'

import { offer, refuseTerrapin, offerOnly, otherHostKeys } from '../src/algorithms.ts'

const safe = {
  kex: 'curve25519-sha256',
  hostKey: 'ssh-ed25519',
  cipherOut: 'aes128-gcm@openssh.com',
  macOut: '',
  cipherIn: 'aes128-gcm@openssh.com',
  macIn: '',
}

test('nothing with SHA-1, CBC, DSA or RC4 is offered', () => {
  const names = Object.values(offer([])).flat()
  expect(names.length).toBeGreaterThan(15)
  expect(names.filter((name) => /sha1|cbc|ssh-rsa|ssh-dss|arcfour|md5|group1-/.test(name))).toEqual(
    [],
  )
})

test('the types of known keys come first, so that the server shows one of them', () => {
  expect(offer(['ecdsa-sha2-nistp384']).hostKeys[0]).toBe('ecdsa-sha2-nistp384')
  expect(offer(['ssh-rsa']).hostKeys.slice(0, 2)).toEqual(['rsa-sha2-512', 'rsa-sha2-256'])
  expect(offer(['ssh-dss']).hostKeys).toEqual(offer([]).hostKeys)
})

test('without strict key exchange only ciphers that cannot be cut are taken', () => {
  const weak = expect.objectContaining({ code: 'NET_WEAK_ALGORITHM' })
  const chacha = { ...safe, cipherIn: 'chacha20-poly1305@openssh.com' }
  const etm = { ...safe, cipherOut: 'aes128-ctr', macOut: 'hmac-sha2-256-etm@openssh.com' }
  expect(() => refuseTerrapin(chacha, false)).toThrow(weak)
  expect(() => refuseTerrapin(etm, false)).toThrow(weak)
  expect(() => {
    refuseTerrapin(chacha, true)
    refuseTerrapin(etm, true)
    refuseTerrapin(safe, false)
  }).not.toThrow()
})

test('the other keys of a server are those of the types that it has not shown yet', () => {
  const offered = ['rsa-sha2-256', 'ssh-ed25519', 'ecdsa-sha2-nistp256', 'ssh-dss']
  expect(otherHostKeys(offered, ['ssh-ed25519'])).toEqual(['ecdsa-sha2-nistp256', 'rsa-sha2-256'])
  expect(otherHostKeys(offered, ['ssh-ed25519', 'ssh-rsa', 'ecdsa-sha2-nistp256'])).toEqual([])
  expect(offerOnly(['rsa-sha2-256'])).toEqual({ ...offer([]), hostKeys: ['rsa-sha2-256'] })
})
