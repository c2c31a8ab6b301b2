import { Writable } from 'node:stream'

import { NetError, PolicyError, ReplyError } from '@net/core'
import { abortError } from '@net/core/authoring'
import { HttpHeaders, HttpStatusError } from '@net/http'
import { describe, expect, it } from 'vitest'

import { Interruption } from '../../src/interruption.ts'
import type { Io, Screen } from '../../src/io.ts'
import { errorEvent, messageOf, tellError } from '../../src/output/error-page.ts'
import { Output, type OutputOptions } from '../../src/output/output.ts'
import { UsageError } from '../../src/usage-error.ts'

async function told(
  error: unknown,
  options: OutputOptions = {},
): Promise<{ code: number; out: string; err: string }> {
  const [out, err]: string[][] = [[], []]
  const to = (list: string[]): Screen =>
    new Writable({ write: (chunk: Uint8Array, _, done) => (list.push(String(chunk)), done()) })
  const io = { stdout: to(out!), stderr: to(err!), env: {} } as unknown as Io
  const code = await tellError(error, 'get', new Output(io, options))
  return { code, out: out!.join(''), err: err!.join('') }
}

const missing = new HttpStatusError({
  status: 404,
  statusText: 'Not Found',
  headers: new HttpHeaders({}),
  text: 'no such\u001b[2J\npage\n',
})

describe('tellError', () => {
  it('prints one line, and what a web server answered', async () => {
    const { code, out, err } = await told(missing)
    expect({ code, out }).toEqual({ code: 3, out: '' })
    expect(err).toMatch(/^net get: .*404 Not Found.*$/m)
  })

  it('prints the body of an HTTP error harmless, and not without end', async () => {
    const long = new HttpStatusError({
      status: 500,
      statusText: 'No',
      headers: new HttpHeaders({}),
      text: 'x\u001b\n'.repeat(50),
    })
    const error = Object.assign(long, { protocol: 'http' })
    const { err } = await told(error)
    expect(err).toContain('\n  x\\x1b\n')
    expect(err).toMatch(/… 30 more lines\n$/)
  })

  it('is one object with --json, on stdout', async () => {
    const { code, out, err } = await told(missing, { json: true })
    expect({ code, err }).toEqual({ code: 3, err: '' })
    expect(JSON.parse(out)).toEqual({
      type: 'error',
      code: 'NET_NOT_FOUND',
      message: missing.message,
      exitCode: 3,
      status: 404,
      body: 'no such\u001b[2J\npage\n',
    })
  })

  it('says nothing of a reader that left', async () => {
    expect(await told(new Interruption('EPIPE'))).toEqual({ code: 0, out: '', err: '' })
  })
})

describe('messageOf', () => {
  it.each([
    ['or with hostKeys: acceptNew()', 'or with --accept-new'],
    [
      'use TLS, or set dangerouslyAllowPlaintextAuth',
      'use TLS, or give --dangerously-allow-plaintext-auth',
    ],
    ['in is a folder; pass { recursive: true } to copy it', 'in is a folder; give -r to copy it'],
    [
      "if that is meant, pass { delete: 3 } or { delete: 'all' }",
      'if that is meant, give --delete 3 or --delete all',
    ],
    ['tls: { dangerouslySkipVerification: true }', '--dangerously-skip-verification'],
  ])('says %j in the words of the command', (message, ours) => {
    expect(messageOf(new PolicyError('NET_TLS_UNAVAILABLE', { message }))).toBe(ours)
  })

  it('shows text of a peer harmless', () => {
    expect(messageOf(new UsageError('a\u001b'))).toBe('a\\x1b')
    expect(messageOf(new Error('a\u001b\u0007'))).not.toMatch(/[\u001b\u0007]/)
    expect(messageOf('a\u001b')).toBe('a\\x1b')
  })

  it('names the signal that ended the run', () => {
    expect(messageOf(abortError(new Interruption('SIGINT')))).toBe('interrupted by SIGINT')
  })

  it('has the stack of a mistake of ours alone', () => {
    expect(messageOf(new TypeError('oops'))).toContain('error-page.test.ts')
    expect(
      messageOf(Object.assign(new Error('no such file'), { code: 'ENOENT', syscall: 'open' })),
    ).toBe('no such file')
  })
})

describe('errorEvent', () => {
  it('has code, message and exit code, whatever was thrown', () => {
    expect(errorEvent(new UsageError('wrong'))).toEqual({
      type: 'error',
      code: 'USAGE',
      message: 'wrong',
      exitCode: 2,
    })
    expect(errorEvent(new Interruption('SIGINT'))).toMatchObject({
      code: 'INTERRUPTED',
      exitCode: 130,
    })
    expect(errorEvent(new NetError('NET_INTERNAL', { message: 'x' }))).toMatchObject({
      code: 'NET_INTERNAL',
      exitCode: 70,
    })
    const refused = new ReplyError('NET_ACCESS_DENIED', {
      message: 'no',
      reply: { status: 550, text: 'denied' },
    })
    expect(errorEvent(refused)).toMatchObject({ status: 550, body: 'denied' })
    expect(errorEvent(new TypeError('x'))).toMatchObject({ code: 'INTERNAL' })
  })
})
