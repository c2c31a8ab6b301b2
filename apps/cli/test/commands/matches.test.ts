import { startFtpServer } from '@net/ftp/testing'
import { expect, it } from 'vitest'

import { net } from '../net.ts'

it('takes arguments literally, and the last part for a pattern with --glob alone', async () => {
  await using ftp = await startFtpServer({
    files: { '*': 'star', 'a.txt': 'a', 'b.txt': 'b', '.c.txt': 'c', 'd[1]': 'd', 'é.txt': 'e' },
  })
  const text = async (...args: string[]): Promise<string> => (await net(['cat', ...args])).out
  expect(await text(`${ftp.url}/*`)).toBe('star')
  expect(await text('--glob', `${ftp.url}/*.txt`)).toBe('abe')
  expect(await text('--glob', `${ftp.url}/.*.txt`)).toBe('c')
  expect(await text('--glob', `${ftp.url}/[!b].txt`)).toBe('ae')
  expect(await text('--glob', `${ftp.url}/[^b].txt`)).toBe('ae')
  expect(await text('--glob', `${ftp.url}/%3F.txt`)).toBe('abe')
  expect(await text(`${ftp.url}/d[1]`)).toBe('d')
  expect(await net(['cat', '--glob', `${ftp.url}/x*`])).toMatchObject({ code: 3 })
  expect(await net(['cat', '--glob', `${ftp.url}/[z-a].txt`])).toMatchObject({
    code: 2,
    err: expect.stringContaining('[z-a].txt is no pattern'),
  })
})
