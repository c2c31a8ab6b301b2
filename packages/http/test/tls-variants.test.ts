import { secret } from '@net/core'
import { expect, test } from 'vitest'

import { TlsVariants } from '../src/tls-variants.ts'

test('options that say the same are one variant, whatever objects they are in', () => {
  const variants = new TlsVariants()
  const id = variants.idOf({ ca: ['a', Buffer.from('b')], minVersion: 'TLSv1.3' })
  expect(variants.idOf({ minVersion: 'TLSv1.3', ca: ['a', Buffer.from('b')] })).toBe(id)
  for (const other of [
    { ca: ['a', Buffer.from('c')], minVersion: 'TLSv1.3' },
    { ca: ['a'], minVersion: 'TLSv1.3' },
    { ca: ['a', Buffer.from('b')] },
    { ca: ['a', Buffer.from('b')], minVersion: 'TLSv1.3', dangerouslySkipVerification: true },
  ] as const)
    expect(variants.idOf(other)).not.toBe(id)
})

test('bytes that change afterwards are another variant', () => {
  const variants = new TlsVariants()
  const key = Buffer.from('mine')
  const id = variants.idOf({ key })
  key.write('your')
  expect(variants.idOf({ key })).not.toBe(id)
  expect(variants.idOf({ key: Buffer.from('mine') })).toBe(id)
})

test('two secrets are two variants, as nobody can see whether they are the same', () => {
  const variants = new TlsVariants()
  const passphrase = secret('one')
  expect(variants.idOf({ passphrase })).toBe(variants.idOf({ passphrase }))
  expect(variants.idOf({ passphrase: secret('one') })).not.toBe(variants.idOf({ passphrase }))
})

test('only the most recent ones are kept', () => {
  const variants = new TlsVariants()
  const first = variants.idOf({ servername: 'first' })
  for (let number = 0; number < 64; number++) variants.idOf({ servername: `${number}` })
  expect(variants.idOf({ servername: 'first' })).not.toBe(first)
})
