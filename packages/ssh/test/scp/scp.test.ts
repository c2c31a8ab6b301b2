import { expect, test } from 'vitest'

import { fromText } from '@net/core'
import { useFakeClock } from '@net/core/testing'
import { startSshServer, type ExecHandler, type SshServer } from '@net/ssh/testing'

import { failureOf, logInTo } from '../embedded.ts'

/** What scp does on a server, in its simplest form. */
const scp: ExecHandler = async (command, { stdin, stdout }) => {
  const input = stdin[Symbol.asyncIterator]()
  let held = Buffer.alloc(0)
  const read = async (length: number): Promise<Buffer> => {
    while (held.length < length) {
      const next = await input.next()
      if (next.done === true) return held
      held = Buffer.concat([held, next.value])
    }
    const taken = held.subarray(0, length)
    held = held.subarray(length)
    return taken
  }
  const [, way = '', path = ''] = /^scp (-[tf]) (.*)$/.exec(command) ?? []
  if (way === '-t') {
    await stdout.write('\0')
    let line = ''
    while (!line.endsWith('\n')) line += (await read(1)).toString('latin1')
    await stdout.write('\0')
    const size = Number(line.split(' ')[1])
    files.set(path, Buffer.from(await read(size)))
    announced.push(line)
    await read(1)
    await stdout.write('\0')
    return 0
  }
  await read(1)
  const content = files.get(path)
  if (content === undefined) {
    await stdout.write(`\u0001scp: ${path}: No such file or directory\n`)
    return 1
  }
  await stdout.write('T1500000000 0 1600000000 0\n')
  await read(1)
  await stdout.write(`C0644 ${content.length} ../../${path}\n`)
  await read(1)
  await stdout.write(content)
  await stdout.write('\0')
  await read(1)
  return 0
}
const files = new Map<string, Buffer>()
const announced: string[] = []

test('[SSH-65] files go both ways by scp, with progress', async () => {
  await using server = await startSshServer({ exec: { scp } })
  await using host = await logInTo(server)
  const bytes = Buffer.alloc(1_000_000, '0123456789')
  const seen: number[] = []
  const result = await host.scp.upload(bytes, 'in/a b.csv', {
    mode: 0o600,
    onProgress: ({ transferred }) => void seen.push(transferred),
  })
  expect(result).toEqual({ transferred: 1_000_000, size: 1_000_000, verified: true })
  expect([announced.at(-1), seen.at(-1)]).toEqual(['C0600 1000000 a b.csv\n', 1_000_000])
  const chunks: Uint8Array[] = []
  const got = await host.scp.download('in/a b.csv', (chunk) => void chunks.push(chunk))
  expect(got).toMatchObject({ size: 1_000_000, verified: true })
  expect(Buffer.concat(chunks).equals(bytes)).toBe(true)
  await host.scp.upload(fromText(''), '-empty')
  expect(files.get('./-empty')).toHaveLength(0)
})

test('what scp says is the error, and one that is not there is told', async () => {
  await using server = await startSshServer({ exec: { scp } })
  await using host = await logInTo(server)
  expect(await failureOf(host.scp.download('none', () => {}))).toMatchObject({
    code: 'NET_NOT_FOUND',
    operation: 'scp',
    target: 'none',
  })
  await using bare = await startSshServer()
  await using other = await logInTo(bare)
  expect(await failureOf(other.scp.download('a', () => {}))).toMatchObject({
    code: 'NET_UNSUPPORTED',
  })
  expect((await host.exec('x')).exitCode).toBe(127)
})

test('a server that breaks the rules ends the call, and nothing of it passes for whole', async () => {
  for (const [printed, code] of [
    ['D0755 0 folder\n', 'NET_BAD_NAME'],
    ['C0644 -1 a\n', 'NET_PROTO_MALFORMED'],
    ['hello\n', 'NET_PROTO_MALFORMED'],
    ['C0644 10 a\nfive!', 'NET_PROTO_INCOMPLETE'],
    ['x'.repeat(10_000), 'NET_PROTO_MALFORMED'],
    ['\u0002Permission denied\n', 'NET_ACCESS_DENIED'],
  ] as const) {
    await using server: SshServer = await startSshServer({ exec: { scp: printed } })
    await using host = await logInTo(server)
    const error = await failureOf(host.scp.download('a', () => {}))
    expect([printed.slice(0, 20), error['code']]).toEqual([printed.slice(0, 20), code])
  }
})

test('a source without a size, or no path, is refused before anything runs', async () => {
  await using server = await startSshServer({ exec: { scp } })
  await using host = await logInTo(server)
  const endless = async function* endless(): AsyncGenerator<Uint8Array> {
    yield Buffer.from('x')
  }
  for (const call of [
    host.scp.upload(endless, 'a'),
    host.scp.upload(fromText('x'), ''),
    host.scp.download('a', () => {}, { mode: 1 } as never),
  ]) {
    expect(await failureOf(call)).toMatchObject({ code: 'NET_BAD_OPTION' })
  }
  expect(server.received.filter(({ what }) => what === 'exec')).toEqual([])
})

test('an abort ends it, and the connection goes on', async () => {
  await using server = await startSshServer({
    exec: {
      scp: async (_, { signal }) => {
        await new Promise((resolve) => signal.addEventListener('abort', resolve))
      },
      uptime: 'up\n',
    },
  })
  await using host = await logInTo(server)
  const controller = new AbortController()
  const download = failureOf(host.scp.download('a', () => {}, { signal: controller.signal }))
  await server.waitFor(({ what }) => what === 'exec')
  controller.abort()
  expect(await download).toMatchObject({ code: 'NET_ABORTED' })
  expect((await host.exec('uptime')).stdout).toBe('up\n')
})

test('a download into a sink that takes nothing ends 2 s behind the loss of its connection', async () => {
  const server = await startSshServer({ exec: { scp } })
  const host = await logInTo(server)
  files.set('a', Buffer.alloc(200_000))
  using clock = useFakeClock()
  const taking = Promise.withResolvers<void>()
  let code: unknown
  const stuck = (): Promise<void> => {
    taking.resolve()
    return new Promise(() => {})
  }
  void failureOf(host.scp.download('a', stuck)).then((error) => {
    code = error['code']
  })
  await taking.promise
  await server.close()
  await host.closed
  await clock.advance(2000)
  await expect.poll(() => code).toMatch(/^NET_CONN_/)
  await host.close()
})
