import { memoryPair } from '@net/socket/testing'
import { expect, test } from 'vitest'

import { converse, type ProxyDialogue } from '../../src/proxy/proxy-dialogue.ts'
import { bytes, failure, latin1 } from '../support.ts'

/** Says hello, answers each byte with itself, and is content with a full stop. */
const echo: ProxyDialogue = {
  opening: bytes('hello'),
  receive(chunk) {
    const text = latin1(chunk)
    const stop = text.indexOf('.')
    if (stop >= 0) return { rest: chunk.subarray(stop + 1) }
    return text === '?' ? {} : { send: chunk }
  },
}

test('says what the codec says until the codec is content', async () => {
  const [ours, theirs] = memoryPair()
  const talking = converse(ours, echo)
  expect(latin1(await theirs.read())).toBe('hello')
  await theirs.write([bytes('a')])
  expect(latin1(await theirs.read())).toBe('a')
  await theirs.write([bytes('?')])
  await theirs.write([bytes('.rest')])
  expect(latin1(await talking)).toBe('rest')
})

test('a proxy that hangs up has not answered', async () => {
  const [ours, theirs] = memoryPair()
  const talking = failure(converse(ours, echo))
  await theirs.end()
  expect(await talking).toMatchObject({ code: 'NET_PROXY_UNREACHABLE', retry: 'safe' })
})
