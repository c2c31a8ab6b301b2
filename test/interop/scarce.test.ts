// What happens where a machine has too little: no descriptors left, or no room on the disk. Each is a process of its own.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { connect as connectPlain, type AddressInfo, type Socket } from 'node:net'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

import { connect } from '@net/socket'
import { startEchoServer } from '@net/socket/testing'

import { requireDaemon } from './daemon.ts'
import { runProgram } from './run-program.ts'
import { testFolder } from './test-folder.ts'

test('[H-CORE-09] [SOCK-57] without descriptors calls fail so that they can be repeated, and a listener goes on', async () => {
  await using echo = await startEchoServer()
  const few = ['-c', 'ulimit -n 80 && exec "$0" "$@"', process.execPath]
  const child = spawn('sh', [
    ...few,
    '--conditions=@net/source',
    fileURLToPath(new URL('./few-descriptors.ts', import.meta.url)),
    echo.url,
  ])
  const ended = once(child, 'exit')
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]()
  const said = String((await lines.next()).value)
  expect(JSON.parse(said)).toEqual({
    failed: true,
    codes: ['NET_LOCAL_LIMIT safe'],
    answer: 'again',
  })
  const url = String((await lines.next()).value)
  const { port } = new URL(url)
  const crowd = Array.from({ length: 200 }, () => connectPlain(Number(port), '127.0.0.1'))
  await Promise.all(crowd.map(connectedOrClosed))
  const gone = crowd.flatMap((socket) => (socket.closed ? [] : [once(socket, 'close')]))
  for (const socket of crowd) socket.destroy()
  await Promise.all(gone)
  await using connection = await connect(url)
  await connection.write('still here\n')
  expect(await connection.readLine()).toBe('still here')
  child.stdin.end('done\n')
  expect(await ended).toEqual([0, null])
})

test('[H-CORE-10] on a full disk a download ends, and the file that was there stays', async (context) => {
  const unshare = requireDaemon(context, 'unshare')
  const cut: Promise<unknown>[] = []
  const server = createServer((_request, response) => {
    cut.push(once(response, 'close'))
    response.on('error', () => {})
    response.writeHead(200, { 'content-length': 50_000_000 })
    response.end(Buffer.alloc(50_000_000))
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
  const folder = testFolder()
  const mounted = 'mount -t tmpfs -o size=1m none "$0" && exec "$@"'
  const program = fileURLToPath(new URL('./full-disk.ts', import.meta.url))
  const node = [process.execPath, '--conditions=@net/source', program, url, folder]
  const { stdout, stderr, status } = await runProgram(unshare, [
    '-Urm',
    'sh',
    '-c',
    mounted,
    folder,
    ...node,
  ])
  expect([status, stderr]).toEqual([0, ''])
  const full = { code: 'NET_LOCAL_IO', errno: 'ENOSPC', content: 'old' }
  const results: unknown[] = stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as unknown)
  expect(results).toEqual([
    { ...full, files: ['report'] },
    { ...full, files: ['report', 'report.part'] },
  ])
  // The server was let go in the middle of its answer.
  await Promise.all(cut)
  expect(cut).toHaveLength(2)
  server.close()
})

/** A client that the listener has no descriptor for may be closed at once. */
function connectedOrClosed(socket: Socket): Promise<void> {
  return new Promise((resolve) => {
    socket.on('error', () => resolve()).on('connect', () => resolve())
    socket.on('close', () => resolve())
  })
}
