/* What `checkRemoteFiles` checks of calls that end early: aborted, left, with a source that fails, with a loss. */

import assert from 'node:assert/strict'

import { fromText } from '../data/file.ts'
import type { RemoteFiles } from '../data/remote-files.ts'
import { isNetError } from '../errors/net-error.ts'
import { isRefused, textOf } from './remote-files-bytes.ts'
import type { RemoteFilesCases } from './remote-files-case.ts'

export const endCases: RemoteFilesCases = {
  async 'a signal that has aborted lets nothing begin'({ files }) {
    await files.write('file', fromText('x'))
    const signal = AbortSignal.abort()
    const calls: readonly (() => Promise<unknown>)[] = [
      () => firstOf(files.list('', { signal })),
      () => files.stat('file', { signal }),
      () => firstOf(files.read('file', { signal })),
      () => files.write('file', fromText('y'), { signal }),
      () => files.mkdir('folder', { signal }),
      () => files.rename('file', 'other', { signal }),
      () => files.setModified('file', 0, { signal }),
      () => files.setMode('file', 0o600, { signal }),
      () => files.symlink('file', 'link', { signal }),
      () => files.remove('file', { signal }),
    ]
    for (const call of calls) await isRefused(call(), 'NET_ABORTED', 'NET_UNSUPPORTED')
    assert.equal(await textOf(files, 'file'), 'x')
    await isRefused(files.stat('folder'), 'NET_NOT_FOUND')
  },

  async 'an abort ends a write that waits for its source, which is let go'({ files }) {
    const controller = new AbortController()
    let isClosed = false
    const source = async function* waiting(): AsyncGenerator<Uint8Array> {
      try {
        yield Buffer.from('begin')
        controller.abort()
        yield Buffer.from('more')
        yield Buffer.from('even more')
      } finally {
        isClosed = true
      }
    }
    const { signal } = controller
    await isRefused(files.write('file', source, { signal }), 'NET_ABORTED')
    assert.ok(isClosed, 'the source is not closed')
  },

  async 'an abort ends a read'({ files }) {
    await files.write('file', new Uint8Array(2_000_000))
    const controller = new AbortController()
    const reading = files.read('file', { signal: controller.signal })
    const all = (async () => {
      for await (const chunk of reading) if (chunk.length > 0) controller.abort()
    })()
    await isRefused(all, 'NET_ABORTED')
  },

  async 'a source that fails fails its write, and the next write works'({ files }) {
    const fault = new Error('the source failed')
    const source = async function* failing(): AsyncGenerator<Uint8Array> {
      yield Buffer.from('begin')
      throw fault
    }
    const error: unknown = await files.write('file', source).then(
      () => undefined,
      (thrown: unknown) => thrown,
    )
    assert.ok(error === fault || (isNetError(error) && error.cause === fault), String(error))
    await files.write('file', fromText('whole'))
    assert.equal(await textOf(files, 'file'), 'whole')
  },

  async 'a read or a listing that is left frees what it used'({ files, can }) {
    await files.write('file', new Uint8Array(2_000_000))
    const times = Math.min(can.calls, 50) * 2 + 2
    for (let time = 0; time < times; time++) {
      for await (const chunk of files.read('file')) if (chunk.length > 0) break
      for await (const entry of files.list('')) if (entry.name === 'file') break
    }
    await files.write('file', fromText('x'))
    assert.equal(await textOf(files, 'file'), 'x')
  },

  async 'every call reports what is lost'({ files, lose }) {
    if (lose === undefined) return
    await files.write('file', fromText('x'))
    lose()
    // Together, so that none of them rejects while another one is waited for.
    const calls = [files.stat('file'), firstOf(files.list('')), firstOf(files.read('file'))]
    for (const outcome of await Promise.allSettled(calls)) {
      const error: unknown = outcome.status === 'rejected' ? outcome.reason : undefined
      assert.ok(isNetError(error), `expected a NetError, got ${String(error)}`)
    }
  },
}

async function firstOf<T>(
  items: ReturnType<RemoteFiles['list']> | AsyncIterable<T>,
): Promise<void> {
  for await (const item of items) if (item !== undefined) return
}
