import { expect, test } from 'vitest'

import { ScreenText } from '../../src/shell/screen-text.ts'

function shown(...pieces: readonly string[]): string {
  const screen = new ScreenText()
  for (const piece of pieces) screen.add(Buffer.from(piece))
  return screen.text
}

test('colours, titles and bracketed paste are no text', () => {
  expect(shown('\u001b[1;31mred\u001b[0m')).toBe('red')
  expect(shown('\u001b]0;title\u0007$ \u001b[?2004h')).toBe('$ ')
  expect(shown('\u001b]2;title\u001b\\a\u001b(Bb\u001b=c\u001b7')).toBe('abc')
})

test('carriage returns, backspaces and the erasing of lines are carried out', () => {
  expect(shown('50 %\r100 %\r\ndone')).toBe('100 %\ndone')
  expect(shown('abx\bc')).toBe('abc')
  expect(shown('--More--\r        \rnext')).toBe('next')
  const rubbed = `${'\b'.repeat(8)}${' '.repeat(8)}${'\b'.repeat(8)}`
  expect(shown(`one\n--More--${rubbed}two\n`)).toBe('one\ntwo\n')
  expect(shown('abc\r  x')).toBe('  x')
  expect(shown('$', ' ')).toBe('$ ')
  expect(shown('--More--\r\u001b[Knext')).toBe('next')
  expect(shown('abc\u001b[2D\u001b[1Px\u001b[Ky')).toBe('axy')
  expect(shown('ac\u001b[D\u001b[@b')).toBe('abc')
  expect(shown('ab\u001b[5Gc')).toBe('ab  c')
})

test('escapes end lines and lead to other ones', () => {
  expect(shown('one\u001bEtwo\u001bDthree')).toBe('one\ntwo\nthree')
  expect(shown('\u001b[24;1H$ \u001b[24;3Hls\u001b[24;5H')).toBe('$ ls')
  expect(shown('\u001b[2J\u001b[1;1HName: ada\u001b[3;5HAge: 36')).toBe('Name: ada\n    Age: 36')
  expect(shown('\u001b[1920;1920H\u001b[6n\u001b[1;1Hhello')).toBe('hello')
  expect(shown('$ l\u001b[24;1H\u001b[2K\u001b[24;1H$ ls')).toBe('$ ls')
})

test('a chunk may end anywhere, within a letter or an escape as well', () => {
  const bytes = Buffer.from('é\u001b[1mü\u001b]0;t\u0007!')
  for (let cut = 0; cut <= bytes.length; cut++) {
    const screen = new ScreenText()
    screen.add(bytes.subarray(0, cut))
    screen.add(bytes.subarray(cut))
    expect(screen.text).toBe('éü!')
  }
})

test('what was taken does not come again, and a line that is written anew is new', () => {
  const screen = new ScreenText()
  screen.add(Buffer.from('one\ntwo --More--'))
  screen.take('one\ntwo --More--'.length)
  expect(screen.text).toBe('')
  screen.add(Buffer.from('\r\u001b[Kthree\n'))
  expect(screen.text).toBe('three\n')
  screen.take(2)
  expect(screen.text).toBe('ree\n')
  screen.add(Buffer.from('$ '))
  screen.take('ree\n$ '.length)
  expect(screen.line).toBe('$ ')
  screen.add(Buffer.from('ls'))
  expect(screen.text).toBe('ls')
})

test('a few bytes make no text of millions of letters', () => {
  const far = '9'.repeat(30)
  for (const text of [`\u001b[100000Cx`, `\u001b[${far}Cx`, `\u001b[${far}Gx`, `\u001b[${far}@x`]) {
    expect(shown(text).length).toBeLessThanOrEqual(2049)
  }
  expect(shown('\u001b[2000@'.repeat(1000)).length).toBeLessThanOrEqual(2048)
  expect(shown('\u001b[2000Cx'.repeat(1000)).length).toBeLessThanOrEqual(3048)
  const long = 'y'.repeat(5000)
  expect(shown(`${long}\r\u001b[4000Cx`)).toBe(`${long.slice(0, 4000)}x${long.slice(4001)}`)
})

test('an escape that none can become holds nothing back', () => {
  expect(shown('\u001b[-5Cx done')).toBe('[-5Cx done')
  expect(shown('a\u001b\u0007b')).toBe('ab')
})
