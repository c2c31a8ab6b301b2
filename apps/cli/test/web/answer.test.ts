import { startHttpServer } from '@net/http/testing'
import { describe, expect, it } from 'vitest'

import { net } from '../net.ts'

describe('the answer', () => {
  it('goes as it is to a pipe', async () => {
    const body = Buffer.from([0, 27, 255, 10])
    await using server = await startHttpServer({ routes: { '/': { body } } })
    const { out } = await net(['get', `${server.url}/`])
    expect(out).toBe(body.toString('utf8'))
  })

  it('[H-APP-01] is harmless on a terminal, raw only with --raw', async () => {
    await using server = await startHttpServer({
      routes: { '/': { body: 'a\u001b[2Jb', headers: { 'x-name': 'c\u009b' } } },
    })
    const shown = await net(['get', '-i', `${server.url}/`], { columns: 80 })
    expect(shown.out).toContain('a\\x1b[2Jb\n')
    expect(shown.out).toMatch(/^HTTP\/1\.1 200 OK\n/)
    expect(shown.out).not.toMatch(/[\u001b\u009b]/)
    expect((await net(['get', '--raw', `${server.url}/`], { columns: 80 })).out).toBe('a\u001b[2Jb')
  })

  it('is coloured JSON on a terminal, and plain with NO_COLOR', async () => {
    await using server = await startHttpServer({ routes: { '/': { json: { a: 1 } } } })
    const { out } = await net(['get', `${server.url}/`], { columns: 80 })
    expect(out).toBe('{\n  \u001b[36m"a"\u001b[39m: \u001b[33m1\u001b[39m\n}\n')
    const plain = await net(['get', `${server.url}/`], { columns: 80, env: { NO_COLOR: '1' } })
    expect(plain.out).toBe('{\n  "a": 1\n}\n')
  })

  it('is not poured onto a terminal when it is binary', async () => {
    await using server = await startHttpServer({
      routes: { '/': { body: new Uint8Array([1, 0, 2]) } },
    })
    const { code, out, err } = await net(['get', `${server.url}/`], { columns: 80 })
    expect({ code, out }).toEqual({ code: 2, out: '' })
    expect(err).toContain('give -o file, or --raw')
  })

  it('is one object with --json, with bytes that are no text as base64', async () => {
    await using server = await startHttpServer({
      routes: { '/a': { body: 'text' }, '/b': { body: new Uint8Array([255]) } },
    })
    const { events } = await net(['get', '--json', `${server.url}/a`, `${server.url}/b`])
    expect(events).toMatchObject([
      { type: 'response', status: 200, url: `${server.url}/a`, body: 'text' },
      { type: 'response', raw: '/w==' },
    ])
    expect(Object.keys(events[0]!)).toEqual(['type', 'status', 'url', 'headers', 'body'])
  })

  it('is an error where it is a redirect that nobody asked to follow', async () => {
    await using server = await startHttpServer({
      routes: {
        '/a': { status: 302, headers: { location: '/b' }, body: 'moved' },
        '/b': { body: 'here' },
      },
    })
    const { code, out, err } = await net(['get', `${server.url}/a`])
    expect({ code, out }).toEqual({ code: 5, out: '' })
    expect(err).toContain('answered 302 and names /b: -L follows it')
    expect(await net(['get', '-L', `${server.url}/a`])).toMatchObject({ code: 0, out: 'here' })
  })
})
