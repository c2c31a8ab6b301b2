import { expect, test } from 'vitest'
import { extract } from '../extract.ts'

const document = [
  '# Title',
  '',
  '```ts',
  'const a = 1 // => 1',
  'a + 1 // => 2',
  '```',
  'text',
  '```ts no-run',
  'console.log(a) // => 1',
  '```',
  '```sh',
  'ls',
  '```',
].join('\n')

test('a snippet keeps its line numbers and asserts what its comments say', () => {
  const [first, second, ...rest] = extract(document)
  expect(rest).toEqual([])
  expect(first).toMatchObject({ line: 4, run: true })
  expect(first?.code.split('\n').slice(3, 5)).toEqual([
    'const a = 1; $equal(a, 1)',
    '$equal(a + 1, 2)',
  ])
  expect(second).toMatchObject({ line: 9, run: false })
  expect(second?.code.split('\n')[8]).toBe('$equal(a, 1)')
})

test('a fence without an end is an error', () => {
  expect(() => extract('```ts\nx')).toThrow('line 1 has no end')
})
