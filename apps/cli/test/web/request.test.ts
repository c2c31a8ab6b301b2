import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Readable } from 'node:stream'

import { describe, expect, it } from 'vitest'

import type { Call } from '../../src/call.ts'
import type { OptionValues } from '../../src/option-table.ts'
import { requestBody, requestOptions } from '../../src/web/request.ts'
import { temporaryFolder } from '../net.ts'

function call(options: OptionValues, stdin = ''): Call {
  return {
    options,
    io: { stdin: Readable.from([stdin]) },
    signal: new AbortController().signal,
  } as unknown as Call
}

describe('requestOptions', () => {
  it('takes header fields, and those of a file', async () => {
    using folder = temporaryFolder()
    const file = join(folder.path, 'headers')
    writeFileSync(file, 'x-one: 1\r\n\r\nx-two:2\n')
    const { headers } = await requestOptions(call({ header: ['Accept: text/plain', `@${file}`] }))
    expect(headers).toEqual([
      ['Accept', 'text/plain'],
      ['x-one', '1'],
      ['x-two', '2'],
    ])
    await expect(requestOptions(call({ header: ['nothing'] }))).rejects.toThrow(
      'is no header field',
    )
  })

  it('counts repeats as curl does', async () => {
    expect(await requestOptions(call({ retry: 2, connectTimeout: 500 }))).toMatchObject({
      retry: 3,
      timeout: { connect: 500 },
    })
  })
})

describe('requestBody', () => {
  it('joins form data, and takes line ends out of files', async () => {
    const { body, headers } = await requestBody(call({ data: ['a=1', '@-'] }, 'b=2\r\n&c=3\n'))
    expect(body).toBe('a=1&b=2&c=3')
    expect(headers).toEqual({ 'content-type': 'application/x-www-form-urlencoded' })
    expect(await requestBody(call({}))).toEqual({})
  })

  it('sends --data-binary as it is', async () => {
    expect(await requestBody(call({ dataBinary: 'a\n' }))).toEqual({ body: 'a\n' })
    expect(await requestBody(call({ dataBinary: '@/srv/a' }))).toMatchObject({
      body: { path: '/srv/a' },
    })
    const given = call({ dataBinary: '@-' })
    expect(await requestBody(given)).toEqual({ body: given.io.stdin })
  })

  it('makes fields of a form of texts and files', async () => {
    using folder = temporaryFolder()
    const file = join(folder.path, 'a.txt')
    writeFileSync(file, 'content')
    const form = ['a=1;2', `b=<${file}`, `c=@${file};type=text/x;filename=other`]
    expect((await requestBody(call({ form }))).multipart).toEqual([
      ['a', '1;2'],
      ['b', 'content'],
      ['c', { body: expect.objectContaining({ path: file }), filename: 'other', type: 'text/x' }],
    ])
    await expect(requestBody(call({ form: ['a'] }))).rejects.toThrow('is no field of a form')
  })

  it('refuses two kinds of bodies', async () => {
    await expect(requestBody(call({ data: ['a'], dataBinary: 'b' }))).rejects.toThrow('give one of')
  })
})
