import { expect, test } from 'vitest'

import { oldDevices } from '../src/algorithm-names.ts'
import {
  chosenAlgorithms,
  offer,
  refuseTerrapin,
  offerOnly,
  otherHostKeys,
} from '../src/algorithms.ts'

const safe = {
  kex: 'curve25519-sha256',
  hostKey: 'ssh-ed25519',
  cipherOut: 'aes128-gcm@openssh.com',
  macOut: '',
  cipherIn: 'aes128-gcm@openssh.com',
  macIn: '',
  compression: 'none',
}

test('[SSH-11] nothing with SHA-1, CBC, DSA or RC4 is offered', () => {
  const names = Object.values(offer({ types: [] })).flat()
  expect(names.length).toBeGreaterThan(15)
  expect(names.filter((name) => /sha1|cbc|ssh-rsa|ssh-dss|arcfour|md5|group1-/.test(name))).toEqual(
    [],
  )
})

test('the types of known keys come first, so that the server shows one of them', () => {
  expect(offer({ types: ['ecdsa-sha2-nistp384'] }).hostKeys[0]).toBe('ecdsa-sha2-nistp384')
  expect(offer({ types: ['ssh-rsa'] }).hostKeys.slice(0, 2)).toEqual([
    'rsa-sha2-512',
    'rsa-sha2-256',
  ])
  expect(offer({ types: ['ssh-dss'] }).hostKeys).toEqual(offer({ types: [] }).hostKeys)
})

test('[H-SSH-04] without strict key exchange only ciphers that cannot be cut are taken', () => {
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
  expect(offerOnly(['rsa-sha2-256'])).toEqual({
    ...offer({ types: [] }),
    hostKeys: ['rsa-sha2-256'],
  })
})

test('certificates are asked for first where an authority is known, and none by SHA-1', () => {
  const { hostKeys } = offer({ types: ['ssh-rsa'], authority: true }, oldDevices)
  expect(hostKeys.slice(0, 2)).toEqual([
    'rsa-sha2-512-cert-v01@openssh.com',
    'rsa-sha2-256-cert-v01@openssh.com',
  ])
  expect(hostKeys).toContain('ssh-ed25519-cert-v01@openssh.com')
  expect(hostKeys.filter((name) => name.startsWith('ssh-rsa'))).toEqual(['ssh-rsa'])
})

test('[SSH-11] lists of the caller take the place of ours, and names that are not known are refused', () => {
  const lists = chosenAlgorithms({ ciphers: ['aes256-ctr'], kex: ['curve25519-sha256'] })
  expect(lists).toMatchObject({ ciphers: ['aes256-ctr'], kex: ['curve25519-sha256'] })
  expect(lists.macs).toEqual(chosenAlgorithms().macs)
  expect(chosenAlgorithms()).toBe(chosenAlgorithms())
  for (const ciphers of [['rot13'], []]) {
    expect(() => chosenAlgorithms({ ciphers })).toThrow(
      expect.objectContaining({ code: 'NET_BAD_OPTION' }),
    )
  }
  expect(chosenAlgorithms(oldDevices).kex.at(-1)).toBe('diffie-hellman-group1-sha1')
})
