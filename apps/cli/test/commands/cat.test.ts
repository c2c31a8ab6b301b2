import { startFtpServer } from '@net/ftp/testing'
import { describe, expect, it } from 'vitest'

import { net } from '../net.ts'

describe('net cat', () => {
  it('prints files one after the other, and goes on behind one that is not there', async () => {
    await using ftp = await startFtpServer({ files: { a: 'one\n', b: 'two\n' } })
    expect(await net(['cat', `${ftp.url}/a`, `${ftp.url}/b`])).toMatchObject({
      code: 0,
      out: 'one\ntwo\n',
      err: '',
    })
    expect(await net(['cat', '--glob', `${ftp.url}/[ab]`])).toMatchObject({
      code: 0,
      out: 'one\ntwo\n',
    })
    const partly = await net(['cat', `${ftp.url}/none`, `${ftp.url}/b`])
    expect(partly).toMatchObject({
      code: 1,
      out: 'two\n',
      err: expect.stringMatching(/^net cat ftp:.*none: /),
    })
    expect(await net(['cat', '--json', `${ftp.url}/a`])).toMatchObject({ code: 2 })
  })

  it('[H-APP-01] is harmless on a terminal', async () => {
    await using ftp = await startFtpServer({ files: { a: 'x\u001b]0;title\u0007\n' } })
    expect((await net(['cat', `${ftp.url}/a`], { columns: 80 })).out).toBe('x\\x1b]0;title\\x07\n')
    expect((await net(['cat', '--raw', `${ftp.url}/a`], { columns: 80 })).out).toBe(
      'x\u001b]0;title\u0007\n',
    )
  })
})
