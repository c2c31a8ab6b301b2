import { existsSync } from 'node:fs'
import { join } from 'node:path'

import { startFtpServer } from '@net/ftp/testing'
import { expect, it } from 'vitest'

import { net, temporaryFolder } from '../net.ts'

it('makes folders, with -p those above as well', async () => {
  using folder = temporaryFolder()
  await using ftp = await startFtpServer()
  const [deep, url] = [join(folder.path, 'a/b'), `${ftp.url}/a/b`]
  for (const place of [deep, url]) {
    expect((await net(['mkdir', place])).code).toBe(3)
    expect(await net(['mkdir', '-p', place, '--dry-run'])).toMatchObject({
      code: 0,
      out: `make ${place}\n`,
    })
    expect(await net(['mkdir', '-p', place])).toMatchObject({ code: 0, out: '' })
    expect((await net(['mkdir', place])).code).toBe(3)
  }
  expect([existsSync(deep), ftp.files.exists('/a/b')]).toEqual([true, true])
  expect((await net(['mkdir', url, `${ftp.url}/c`])).code).toBe(1)
  expect(ftp.files.exists('/c')).toBe(true)
})
