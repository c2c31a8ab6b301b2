import { MemoryFiles, useFakeClock } from '@net/core/testing'
import { expect, test } from 'vitest'

function code(value: string): Error {
  return expect.objectContaining({ code: value }) as Error
}

test('holds files and folders by path', () => {
  using clock = useFakeClock()
  const files = new MemoryFiles({ '/in/b.csv': 'ä', 'in/a.csv': new Uint8Array([1]), top: '' })
  expect(files.paths()).toEqual(['/in/a.csv', '/in/b.csv', '/top'])
  expect(files.list('/')).toEqual([
    { name: 'in', type: 'folder', size: 0, modified: clock.date() },
    { name: 'top', type: 'file', size: 0, modified: clock.date() },
  ])
  expect(files.list('in').map(({ name, size }) => [name, size])).toEqual([
    ['a.csv', 1],
    ['b.csv', 2],
  ])
  expect(files.text('/in/../in/./b.csv')).toBe('ä')
  expect(files.stat('/')).toMatchObject({ name: '/', type: 'folder' })
  expect(files.exists('/../../in')).toBe(true)
  expect(files.exists('in/a.csv/x')).toBe(false)
})

test('writes, also into the middle, and reports when', async () => {
  using clock = useFakeClock()
  const files = new MemoryFiles({ a: 'hello' })
  await clock.advance(1000)
  files.write('a', 'LL', { at: 2 })
  expect(files.text('a')).toBe('heLLo')
  expect(files.stat('a').modified).toBe(clock.date())
  files.write('a', '!', { at: 7 })
  expect(files.text('a')).toBe('heLLo\0\0!')
  files.write('a', 'new')
  expect(files.text('a')).toBe('new')
  files.setModified('a', 5)
  expect(files.stat('a').modified).toBe(5)
})

test('what is stored and given is copied', () => {
  const bytes = new Uint8Array([1, 2, 3])
  const files = new MemoryFiles({ a: bytes })
  bytes[0] = 9
  files.read('a')[1] = 9
  expect([...files.read('a')]).toEqual([1, 2, 3])
  expect([...files.read('a', { start: 1, end: 2 })]).toEqual([2])
})

test('makes, renames and removes', () => {
  const files = new MemoryFiles()
  files.mkdir('a')
  files.mkdir('b/c/d', { recursive: true })
  files.mkdir('b/c', { recursive: true })
  files.write('b/c/d/x', '1')
  files.rename('b/c', 'a/moved')
  expect(files.paths()).toEqual(['/a/moved/d/x'])
  files.write('a/y', '2')
  files.rename('a/y', 'a/moved/d/x', { replace: true })
  expect(files.text('a/moved/d/x')).toBe('2')
  files.remove('a', { recursive: true })
  expect(files.list('/').map(({ name }) => name)).toEqual(['b'])
})

test('errors are those that a server answers with', () => {
  const files = new MemoryFiles({ 'in/a': '1', b: '2' })
  expect(() => files.read('none')).toThrow(code('NET_NOT_FOUND'))
  expect(() => files.write('none/a', '')).toThrow(code('NET_NOT_FOUND'))
  expect(() => files.mkdir('none/a')).toThrow(code('NET_NOT_FOUND'))
  expect(() => files.rename('none', 'x')).toThrow(code('NET_NOT_FOUND'))
  expect(() => files.mkdir('in')).toThrow(code('NET_EXISTS'))
  expect(() => files.mkdir('/')).toThrow(code('NET_EXISTS'))
  expect(() => files.rename('b', 'in/a')).toThrow(code('NET_EXISTS'))
  expect(() => files.rename('b', 'in', { replace: true })).toThrow(code('NET_EXISTS'))
  expect(() => files.remove('in')).toThrow(code('NET_NOT_EMPTY'))
  expect(() => files.remove('/')).toThrow(code('NET_BAD_NAME'))
  expect(() => files.read('in')).toThrow(code('NET_BAD_NAME'))
  expect(() => files.write('in', '')).toThrow(code('NET_BAD_NAME'))
  expect(() => files.list('b')).toThrow(code('NET_BAD_NAME'))
  expect(() => files.mkdir('b/c', { recursive: true })).toThrow(code('NET_BAD_NAME'))
  expect(() => files.rename('in', 'in/in')).toThrow(code('NET_BAD_NAME'))
})

test('[H-CORE-02] names of the language are names like others', () => {
  const files = new MemoryFiles(
    JSON.parse('{"__proto__/constructor":"x"}') as Record<string, string>,
  )
  expect(files.text('__proto__/constructor')).toBe('x')
  expect(files.exists('toString')).toBe(false)
})

test('contents and options of another shape are refused, by name', () => {
  const files = new MemoryFiles({ a: 'x' })
  const wrong: readonly [() => unknown, RegExp][] = [
    [
      () => new MemoryFiles({ a: 5 } as never),
      /new MemoryFiles: a must be a string or a Uint8Array/,
    ],
    [() => files.read('a', { from: 1 } as never), /read: the options have no from/],
    [() => files.write('a', 'x', { at: '1' } as never), /write: at must be/],
    [() => files.write('a', 5 as never), /write: content must be a string or a Uint8Array/],
    [() => files.mkdir('b', { recursiv: true } as never), /did you mean recursive/],
    [() => files.remove('a', true as never), /remove: the argument must be an object of options/],
    [() => files.rename('a', 'b', { replace: 1 } as never), /rename: replace must be/],
    [() => files.stat(5 as never), /path must be a string, not a number/],
  ]
  for (const [call, message] of wrong) {
    expect(call).toThrow(
      expect.objectContaining({ code: 'NET_BAD_OPTION', message: expect.stringMatching(message) }),
    )
  }
  expect(files.paths()).toEqual(['/a'])
})

test('times and modes are set, and a file that is written anew keeps its mode', () => {
  const files = new MemoryFiles({ '/in/a': 'one' })
  files.setModified('/in/a', 1_700_000_000_000)
  files.setMode('/in/a', 0o640)
  expect(files.stat('/in/a')).toMatchObject({ modified: 1_700_000_000_000, mode: 0o640 })
  files.write('/in/a', 'two')
  expect(files.stat('/in/a')).toMatchObject({ mode: 0o640 })
  expect(() => files.setMode('/in/a', 0o77777)).toThrow(code('NET_BAD_OPTION'))
})
