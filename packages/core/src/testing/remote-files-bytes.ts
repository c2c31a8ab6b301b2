/* What `checkRemoteFiles` checks of the bytes of files: whole, from offsets and to offsets, copied and hashed. */

import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'

import { isError } from '../errors/is-error.ts'
import type { RemoteFiles, RemoteReadOptions } from '../data/remote-files.ts'
import { fromText } from '../data/file.ts'
import { isNetError } from '../errors/net-error.ts'
import type { RemoteFilesCases } from './remote-files-case.ts'

export const byteCases: RemoteFilesCases = {
  async 'a file comes back as it was written, whatever its size'({ files }) {
    for (const size of [0, 1, 1000, 65_536, 1_000_003]) {
      await files.write('file', patterned(size))
      assertBytes(await bytesOf(files, 'file'), patterned(size))
      assert.equal((await files.stat('file')).type, 'file')
    }
  },

  async 'a file that is written anew has nothing of the old one'({ files }) {
    await files.write('file', fromText('a long text'))
    await files.write('file', fromText('short'))
    assert.equal(await textOf(files, 'file'), 'short')
  },

  async 'a source of many chunks arrives in order'({ files }) {
    await files.write('file', async function* chunks() {
      for (let number = 0; number < 1000; number++) yield Buffer.from(`${number}\n`)
    })
    const lines = (await textOf(files, 'file')).split('\n')
    assert.deepEqual(
      lines.slice(0, -1),
      Array.from({ length: 1000 }, (_, number) => `${number}`),
    )
  },

  async 'reading begins and ends where it should'({ files, can }) {
    await files.write('file', fromText('0123456789'))
    if (!can.readOffsets) return isRefused(bytesOf(files, 'file', { start: 3 }), 'NET_UNSUPPORTED')
    assert.equal(await textOf(files, 'file', { start: 3 }), '3456789')
    assert.equal(await textOf(files, 'file', { start: 3, end: 6 }), '345')
    assert.equal(await textOf(files, 'file', { end: 2 }), '01')
    assert.equal(await textOf(files, 'file', { start: 10 }), '')
  },

  async 'writing at an offset leaves what is before it, and nothing behind'({ files, can }) {
    await files.write('file', fromText('0123456789'))
    const writing = files.write('file', fromText('xyz'), { start: 3 })
    if (can.writeOffsets === false) return isRefused(writing, 'NET_UNSUPPORTED')
    await writing
    assert.equal(await textOf(files, 'file'), '012xyz')
    await files.write('file', fromText('!'), { start: 6 })
    assert.equal(await textOf(files, 'file'), '012xyz!')
  },

  async 'writing with keepRest leaves what is behind, too'({ files, can }) {
    await files.write('file', fromText('0123456789'))
    const writing = files.write('file', fromText('xyz'), { start: 3, keepRest: true })
    if (can.writeOffsets !== 'rest') return isRefused(writing, 'NET_UNSUPPORTED')
    await writing
    assert.equal(await textOf(files, 'file'), '012xyz6789')
  },

  async 'several calls write parts of one file'({ files, can }) {
    if (can.writeOffsets !== 'rest') return
    const whole = patterned(400_000)
    await files.write('file', whole.subarray(0, 100_000))
    const starts = [300_000, 100_000, 200_000]
    const write = (start: number): Promise<void> =>
      files.write('file', whole.subarray(start, start + 100_000), { start, keepRest: true })
    if (can.calls > 1) await Promise.all(starts.map(write))
    else for (const start of starts) await write(start)
    assertBytes(await bytesOf(files, 'file'), whole)
  },

  async 'hashes are those of the bytes'({ files, can }) {
    await files.write('file', patterned(100_000))
    for (const algorithm of can.hashes) {
      const expected = createHash(algorithm).update(patterned(100_000)).digest('hex')
      assert.equal(await files.hash?.('file', algorithm), expected)
    }
    assert.ok(can.hashes.length === 0 || files.hash !== undefined, 'hashes are promised')
  },

  async 'a copy within the tree has the bytes, and replaces'({ files }) {
    if (files.copyWithin === undefined) return
    await files.write('from', patterned(100_000))
    await files.write('to', fromText('old'))
    await files.copyWithin('from', 'to')
    assertBytes(await bytesOf(files, 'to'), patterned(100_000))
    assertBytes(await bytesOf(files, 'from'), patterned(100_000))
    await isRefused(files.copyWithin('nothing', 'other'), 'NET_NOT_FOUND')
  },
}

/** The bytes of a file, or of a part of it. */
export async function bytesOf(
  files: RemoteFiles,
  path: string,
  options?: RemoteReadOptions,
): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  for await (const chunk of files.read(path, options)) chunks.push(Buffer.from(chunk))
  return Buffer.concat(chunks)
}

/** The text of a file, or of a part of it. */
export async function textOf(
  files: RemoteFiles,
  path: string,
  options?: RemoteReadOptions,
): Promise<string> {
  return Buffer.from(await bytesOf(files, path, options)).toString('utf8')
}

/** Asserts that the call rejects with one of these codes. */
export async function isRefused(
  call: Promise<unknown>,
  ...codes: readonly string[]
): Promise<void> {
  const error: unknown = await call.then(
    () => undefined,
    (thrown: unknown) => thrown,
  )
  const code = isNetError(error) ? error.code : undefined
  const got = isError(error) ? String(error) : 'nothing'
  assert.ok(
    code !== undefined && codes.includes(code),
    `expected ${codes.join(' or ')}, got ${got}`,
  )
}

function assertBytes(actual: Uint8Array, expected: Uint8Array): void {
  assert.equal(actual.length, expected.length)
  assert.ok(Buffer.compare(actual, expected) === 0, 'the bytes differ')
}

/** Bytes that differ from place to place, and come again after 64 KiB. */
function patterned(size: number): Uint8Array {
  return Buffer.alloc(size, period)
}

const period = Uint8Array.from({ length: 65_536 }, (_, index) => (index * 7 + (index >>> 8)) & 0xff)
