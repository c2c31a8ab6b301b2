import { expect, test } from 'vitest'

import { parseCapabilities } from '../src/capabilities.ts'

test('[SMTP-12] reads extensions with their parameters', () => {
  const text =
    'mail.test greets you\nsize 1000\nPIPELINING\nAUTH PLAIN LOGIN\nX-OWN a b\nauth=CRAM-MD5'
  const capabilities = parseCapabilities({ status: 250, text })
  expect(capabilities.name).toBe('mail.test')
  expect(capabilities.maxSize).toBe(1000)
  expect(capabilities.extensions.get('X-OWN')).toBe('a b')
  expect(capabilities.extensions.has('PIPELINING')).toBe(true)
  expect(capabilities.mechanisms).toEqual(['PLAIN', 'LOGIN', 'CRAM-MD5'])
})

test('finds nothing in the greeting line and in nonsense', () => {
  const capabilities = parseCapabilities({
    status: 250,
    text: 'mail STARTTLS PIPELINING\n\n* x\nSIZE',
  })
  expect([...capabilities.extensions.keys()]).toEqual(['SIZE'])
  expect(capabilities.maxSize).toBeUndefined()
})

test('knows how many recipients a message may have, where the server says so', () => {
  const limit = (line: string): number | undefined =>
    parseCapabilities({ status: 250, text: `mail\n${line}` }).maxRecipients
  expect(limit('LIMITS MAILMAX=10 RCPTMAX=50')).toBe(50)
  expect(limit('limits rcptmax=7')).toBe(7)
  for (const line of ['LIMITS RCPTMAX=0', 'LIMITS RCPTMAX=x', 'LIMITS', 'SIZE 5'])
    expect(limit(line)).toBeUndefined()
})
