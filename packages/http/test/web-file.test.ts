import { createClient, webFile } from '@net/http'
import { startHttpServer, type Route } from '@net/http/testing'
import { describe, expect, it } from 'vitest'

const BODY = '0123456789'

async function bytesOf(chunks: AsyncIterable<Uint8Array>): Promise<string> {
  const all: Uint8Array[] = []
  for await (const chunk of chunks) all.push(chunk)
  return Buffer.concat(all).toString('utf8')
}

describe('webFile', () => {
  it.each([
    ['no url', 'NET_BAD_URL'],
    ['ftp://host.example/a', 'NET_BAD_URL'],
    [5, 'NET_BAD_OPTION'],
    ['http://host.example/in/', 'NET_BAD_NAME'],
  ])('is refused for %j, which is no document, by an error of ours', async (url, code) => {
    await using client = createClient()
    expect(() => webFile(client, url as string)).toThrow(expect.objectContaining({ code }))
  })

  it.each<[string, Route]>([
    ['has ranges', { body: BODY, ranges: true }],
    ['sends everything', { body: BODY }],
    ['has no HEAD', (request) => (request.method === 'HEAD' ? { status: 405 } : { body: BODY })],
  ])('reads a document of a server that %s', async (_, route) => {
    await using server = await startHttpServer({ routes: { '/in/a%20b': route } })
    await using client = createClient()
    const { files, path } = webFile(client, `${server.url}/in/a%20b?key=1`)
    expect([path, files.name]).toEqual(['a b', `${server.url}/in`])
    expect(await files.stat(path)).toMatchObject({ name: 'a b', type: 'file', size: 10 })
    expect(await bytesOf(files.read(path))).toBe(BODY)
    expect(await bytesOf(files.read(path, { start: 3 }))).toBe('3456789')
    expect(await bytesOf(files.read(path, { start: 3, end: 5 }))).toBe('34')
    expect(await bytesOf(files.read(path, { start: 5, end: 5 }))).toBe('')
    const names: string[] = []
    for await (const { name } of files.list('')) names.push(name)
    expect(names).toEqual(['a b'])
  })

  it('follows redirects, and tells the time of the document', async () => {
    const modified = new Date(1_700_000_000_000).toUTCString()
    await using server = await startHttpServer({
      routes: {
        '/a': { status: 302, headers: { location: '/b' } },
        '/b': { body: BODY, headers: { 'last-modified': modified } },
      },
    })
    await using client = createClient({ redirect: false })
    const { files, path } = webFile(client, `${server.url}/a`)
    expect(await files.stat(path)).toMatchObject({ name: 'a', modified: 1_700_000_000_000 })
    expect(await bytesOf(files.read(path))).toBe(BODY)
  })

  it('refuses a part that is not the one it asked for', async () => {
    for (const headers of [{}, { 'content-range': 'bytes 5-9/10' }]) {
      await using server = await startHttpServer({
        routes: { '/a': { status: 206, headers, body: '56789' } },
      })
      await using client = createClient()
      const { files, path } = webFile(client, `${server.url}/a`)
      const reading = bytesOf(files.read(path, { start: 3 }))
      await expect(reading).rejects.toMatchObject({ code: 'NET_PROTO_UNEXPECTED' })
    }
  })

  it('can be read, and nothing else', async () => {
    await using client = createClient()
    const { files } = webFile(client, 'http://127.0.0.1:1/a')
    expect(await files.capabilities()).toMatchObject({ rename: 'none', readOffsets: true })
    const calls = [
      files.write('a', new Uint8Array(0)),
      files.mkdir('b'),
      files.remove('a'),
      files.rename('a', 'b'),
      files.setModified('a', 0),
      files.setMode('a', 0),
      files.symlink('a', 'b'),
      files.readLink('a'),
      bytesOf(files.list('b') as unknown as AsyncIterable<Uint8Array>),
    ]
    for (const call of calls) await expect(call).rejects.toMatchObject({ code: 'NET_UNSUPPORTED' })
    await expect(files.stat('b')).rejects.toMatchObject({ code: 'NET_NOT_FOUND' })
    expect(await files.stat('')).toMatchObject({ type: 'folder' })
    for (const url of ['http://h/', 'http://h/a/', 'http://h/a%2Fb']) {
      expect(() => webFile(client, url)).toThrow(/names no file/)
    }
  })
})
