import { existsSync, readFileSync } from 'node:fs'

import { expect, it } from 'vitest'

import { createCertificateFiles } from '../../src/serve/certificate-files.ts'

it('has the authority in a file, which goes away with it', async () => {
  const files = await createCertificateFiles()
  expect(readFileSync(files.caFile, 'utf8')).toContain('BEGIN CERTIFICATE')
  expect(files.cert).toContain('BEGIN CERTIFICATE')
  await files[Symbol.asyncDispose]()
  expect(existsSync(files.caFile)).toBe(false)
})
