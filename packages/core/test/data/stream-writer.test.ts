import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { PassThrough, Writable } from 'node:stream'
import { setImmediate as turn } from 'node:timers/promises'

import { isCallerFault } from '@net/core/authoring'
import { useFakeClock } from '@net/core/testing'
import { expect, test, vi } from 'vitest'

import { FunctionWriter, NodeWriter, WebWriter } from '../../src/data/stream-writer.ts'

const bytes = new Uint8Array([1, 2, 3])

test('a Node stream is written at its pace and ended', async () => {
  const { promise: room, resolve: makeRoom } = Promise.withResolvers<void>()
  const seen: number[] = []
  const stream = new Writable({
    highWaterMark: 4,
    write(chunk: Uint8Array, _encoding, done) {
      seen.push(...chunk)
      void room.then(() => done())
    },
  })
  const writer = new NodeWriter(stream)
  await writer.write(bytes)
  let wrote = false
  const second = writer.write(bytes).then(() => {
    wrote = true
  })
  await turn()
  expect(wrote).toBe(false)
  makeRoom()
  await second
  await writer.end()
  expect(seen).toEqual([1, 2, 3, 1, 2, 3])
  expect(stream.writableFinished).toBe(true)
  for (const event of ['drain', 'finish', 'error', 'close'])
    expect(stream.listenerCount(event)).toBe(0)
})

test('a Node stream that fails between writes ends no program and fails the next write', async () => {
  const stream = new PassThrough()
  const writer = new NodeWriter(stream)
  const fault = new Error('late')
  stream.destroy(fault)
  await turn()
  await expect(writer.write(bytes)).rejects.toBe(fault)
})

test('a Node stream that fails rejects the write with its own error, and ends no program', async () => {
  const fault = new Error('disk full')
  const stream = new Writable({ write: (_chunk, _encoding, done) => done(fault), highWaterMark: 1 })
  const writer = new NodeWriter(stream)
  await expect(writer.write(bytes)).rejects.toBe(fault)
  expect(isCallerFault(fault)).toBe(true)
  await expect(writer.end()).rejects.toBe(fault)
})

test('a Node stream that is closed under the write is NET_CLOSED', async () => {
  const stream = new Writable({ write() {}, highWaterMark: 1 })
  const writer = new NodeWriter(stream)
  const pending = writer.write(bytes)
  stream.destroy()
  await expect(pending).rejects.toMatchObject({ code: 'NET_CLOSED' })
  expect(() => new NodeWriter(stream)).toThrow(expect.objectContaining({ code: 'NET_BAD_OPTION' }))
})

test('aborting destroys a Node stream with the reason, which stays ours', async () => {
  const stream = new PassThrough()
  const reason = new Error('gave up')
  const closed = new Promise((resolve) => {
    stream.once('close', resolve)
  })
  await new NodeWriter(stream).abort(reason)
  await closed
  expect(stream.errored).toBe(reason)
  expect(isCallerFault(reason)).toBe(false)
  expect(stream.listenerCount('error')).toBe(0)
})

test('stdout is neither ended nor destroyed', async () => {
  const end = vi.spyOn(process.stdout, 'end')
  await new NodeWriter(process.stdout).end()
  await new NodeWriter(process.stdout).abort(new Error('x'))
  expect(end).not.toHaveBeenCalled()
  expect(process.stdout.destroyed).toBe(false)
  end.mockRestore()
})

/** Writes to stdout until it fails, or until it is full and a last line waits; tells on stderr what happened. */
const PROGRAM = `
import { openSink } from '@net/core/authoring'
const say = (text) => process.stderr.write(text + '\\n')
const sink = await openSink(process.stdout)
const chunk = new Uint8Array(1000)
const full = () => process.stdout.writableLength > 0
try {
  while (!full()) await sink.write(chunk)
  const last = sink.write(Buffer.from('the last line'))
  say('full')
  await last
  while (process.argv[1] === 'endless') await sink.write(chunk)
  await sink.commit()
  say('whole')
} catch (error) {
  say('failed ' + error.code)
  await sink.abort(error)
}
while (process.stdout.listenerCount('error') > 0) await new Promise((resolve) => setImmediate(resolve))
say('alive')
`

for (const [title, wait] of [
  ['at once', false],
  ['once the pipe is full', true],
] as const) {
  test(`[H-CORE-12] a reader of stdout that leaves ${title} fails the write, and ends no program`, async () => {
    using program = startProgram('endless')
    if (wait) await program.says('full')
    program.child.stdout.destroy()
    expect(await program.end()).toMatch(/failed EPIPE\nalive\n$/)
    expect(program.child.exitCode).toBe(0)
  })
}

test('a slow reader of stdout gets all, and the commit resolves', async () => {
  using program = startProgram('once')
  await program.says('full')
  const chunks: Buffer[] = []
  program.child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk))
  expect(await program.end()).toMatch(/whole\nalive\n$/)
  expect(Buffer.concat(chunks).toString()).toMatch(/the last line$/)
})

test('a web stream is written at its pace, closed at the end and aborted with the reason', async () => {
  const seen: unknown[] = []
  const log = (name: string) => (value: unknown) => void seen.push([name, value])
  const whole = new WebWriter(
    new WritableStream({ write: log('write'), close: () => void seen.push('close') }),
  )
  await whole.write(bytes)
  await whole.end()
  const aborted = new WebWriter(new WritableStream({ abort: log('abort') }))
  await aborted.abort('reason')
  expect(seen).toEqual([['write', bytes], 'close', ['abort', 'reason']])
})

test('a web stream that fails rejects with its own error', async () => {
  const fault = new Error('disk full')
  const stream = new WritableStream({
    write() {
      throw fault
    },
  })
  const writer = new WebWriter(stream)
  await expect(writer.write(bytes)).rejects.toBe(fault)
  await writer.abort(fault)
  expect(isCallerFault(fault)).toBe(true)
  expect(() => new WebWriter(stream)).toThrow(expect.objectContaining({ code: 'NET_BAD_OPTION' }))
})

test('a function is called with each chunk and waited for; what it throws passes as it is', async () => {
  const released = Promise.withResolvers<void>()
  let wrote = false
  const pending = new FunctionWriter(() => released.promise).write(bytes).then(() => {
    wrote = true
  })
  await Promise.resolve()
  expect(wrote).toBe(false)
  released.resolve()
  await pending
  const fault = new Error('bug of the caller')
  const failing = new FunctionWriter(() => {
    throw fault
  })
  await expect(failing.write(bytes)).rejects.toBe(fault)
  expect(isCallerFault(fault)).toBe(true)
})

function startProgram(how: 'endless' | 'once') {
  const child = spawn(
    process.execPath,
    ['--conditions=@net/source', '--input-type=module', '-e', PROGRAM, how],
    { cwd: import.meta.dirname, stdio: ['ignore', 'pipe', 'pipe'] },
  )
  let said = ''
  child.stderr.on('data', (chunk: Buffer) => (said += String(chunk)))
  const ended = once(child, 'close')
  return {
    child,
    async says(word: string): Promise<void> {
      while (!said.includes(word)) await once(child.stderr, 'data')
    },
    async end(): Promise<string> {
      await ended
      return said
    },
    [Symbol.dispose]() {
      child.kill('SIGKILL')
    },
  }
}

test('a Node stream that fails when it closes, behind its last byte, fails the end', async () => {
  const fault = new Error('the quota is used up')
  const stream = new Writable({
    write: (_chunk, _encoding, done) => done(),
    destroy: (_error, done) => void setImmediate(done, fault),
  })
  const writer = new NodeWriter(stream)
  await writer.write(bytes)
  await expect(writer.end()).rejects.toBe(fault)
  expect(isCallerFault(fault)).toBe(true)
})

test('the end of a stream whose other half is open, or which does not close by itself, waits for no close', async () => {
  const streams = [
    new PassThrough(),
    new Writable({ autoDestroy: false, write: (_chunk, _encoding, done) => done() }),
    new Writable({ emitClose: false, write: (_chunk, _encoding, done) => done() }),
  ]
  for (const stream of streams) {
    const writer = new NodeWriter(stream)
    await writer.write(bytes)
    await writer.end()
    expect(stream.writableFinished).toBe(true)
  }
})

test('a web stream that never lets go is waited for for 2 s', async () => {
  using clock = useFakeClock()
  const stream = new WritableStream<Uint8Array>({ abort: () => new Promise<void>(() => {}) })
  let done = false
  const aborted = new WebWriter(stream).abort(new Error('gave up')).then(() => {
    done = true
  })
  await clock.advance(1999)
  expect(done).toBe(false)
  await clock.advance(1)
  await aborted
})
