import { expect, test } from 'vitest'

import { isLocalUrl, localAnswer } from '../src/fetch-local.ts'

async function contentOf(url: string): Promise<readonly [string | undefined, string]> {
  const { headers, body } = await localAnswer(url, 'GET')
  const chunks: Uint8Array[] = []
  for await (const chunk of body) chunks.push(chunk)
  return [headers.get('content-type'), Buffer.concat(chunks).toString('latin1')]
}

test.each([
  'data:,a%20b#c',
  'DATA:text/css;charset=UTF-8,%ff',
  'data:;charset=x,y',
  'data:text/html;base64,aGk',
  'data:text/html ; base64,a%47 k=',
  'data:nonsense,x',
  'data:text/plain;base64;x=1,aGk=',
  'data:,gr\u00fc\u00df',
  'data:,%4,%zz',
])('%s is what the platform makes of it', async (url) => {
  const response = await fetch(url)
  const bytes = Buffer.from(await response.arrayBuffer()).toString('latin1')
  expect(await contentOf(url)).toEqual([response.headers.get('content-type'), bytes])
})

test('what holds nothing is a TypeError', async () => {
  for (const url of [
    'data:text/css',
    'data:;base64,a',
    'data:;base64,\u00fc',
    'blob:nodedata:none',
  ])
    await expect(localAnswer(url, 'GET')).rejects.toThrow(TypeError)
})

test('a blob is got, and nothing else', async () => {
  const url = URL.createObjectURL(new Blob(['hi'], { type: 'text/css' }))
  expect(await contentOf(url)).toEqual(['text/css', 'hi'])
  await expect(localAnswer(url, 'POST')).rejects.toThrow(TypeError)
  URL.revokeObjectURL(url)
  await expect(localAnswer(url, 'GET')).rejects.toThrow(TypeError)
})

test('which URLs these are', () => {
  expect(['data:,', 'Blob:x', 'http://data:1/', 'database:x'].map(isLocalUrl)).toEqual([
    true,
    true,
    false,
    false,
  ])
})
