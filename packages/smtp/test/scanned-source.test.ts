import { fromText } from '@net/core'
import { expect, test } from 'vitest'

import { rawContent, scanSource, type ScannedSource } from '../src/scanned-source.ts'
import { openingFor } from './opening.ts'

const mail = 'Subject: x\r\n\r\nhello'

async function textOf({ source }: ScannedSource): Promise<string> {
  const chunks: Uint8Array[] = []
  for await (const chunk of source.chunks()) chunks.push(Uint8Array.from(chunk))
  await source.close()
  return Buffer.concat(chunks).toString()
}

test('what can be read twice is known whole before it is sent', async () => {
  for (const source of [fromText(mail), Buffer.from(mail), new Blob([mail])]) {
    const scanned = await openingFor((opening) => scanSource(source, opening))
    expect(scanned).toMatchObject({ whole: true, facts: { size: mail.length + 2 } })
    expect(await textOf(scanned)).toBe(mail)
  }
})

test('of what can be read once the headers are read ahead, and nothing of it is lost', async () => {
  let given = 0
  const scanned = await openingFor((opening) =>
    scanSource(async function* () {
      // One buffer for all chunks: each is the source's own again when the next one is asked for.
      const shared = Buffer.alloc(1)
      for (const byte of Buffer.from(mail)) {
        given += 1
        shared[0] = byte
        yield shared
      }
    }, opening),
  )
  expect(given).toBe('Subject: x\r\n\r'.length)
  expect(scanned.whole).toBe(false)
  expect(await textOf(scanned)).toBe(mail)
})

test('a function is called once', async () => {
  let calls = 0
  const source = async function* (): AsyncGenerator<Uint8Array> {
    calls += 1
    yield Buffer.from(mail)
  }
  expect(await textOf(await openingFor((opening) => scanSource(source, opening)))).toBe(mail)
  expect(calls).toBe(1)
})

test('a header of a part that should have been announced ends the message', async () => {
  const scanned = await openingFor((opening) =>
    scanSource(async function* () {
      yield Buffer.from('Content-Type: multipart/mixed; boundary=b\n\n')
      yield Buffer.from('--b\nContent-Description: ä\n\nx\n--b--\n')
    }, opening),
  )
  await expect(textOf(scanned)).rejects.toMatchObject({ code: 'NET_UNSUPPORTED' })
})

test('lets go of a source that the server does not take, and of one that fails', async () => {
  for (const text of ['Subject: ä\n\n', 'fails']) {
    let ended = false
    const opened = openingFor(
      (opening) =>
        scanSource(async function* () {
          try {
            if (text === 'fails') throw new Error(text)
            yield Buffer.from(text)
          } finally {
            ended = true
          }
        }, opening),
      '8BITMIME',
    )
    await expect(opened).rejects.toThrow()
    expect(ended).toBe(true)
  }
})

test('a finished message announces its properties if they are known', async () => {
  const known = await openingFor((opening) => rawContent(fromText('abc\n'), opening))
  expect(known).toMatchObject({
    size: 'abc\r\n'.length,
    eightBit: false,
    utf8Headers: false,
  })
  await known.close?.()
  const international = fromText('Subject: ä\n\nx')
  const odd = await openingFor((opening) => rawContent(international, opening))
  expect(odd).toMatchObject({ eightBit: true, utf8Headers: true })
  await odd.close?.()
})

test('a message that can be read once may have any bytes, and no size', async () => {
  const unknown = await openingFor((opening) =>
    rawContent(async function* () {
      yield Buffer.from('Subject: x\n\n')
    }, opening),
  )
  expect(unknown).toMatchObject({ eightBit: true, utf8Headers: false })
  expect(unknown).not.toHaveProperty('size')
  await unknown.close?.()
})
