import { expect, test } from 'vitest'

import { styleFor } from '../src/style.ts'

const write = (): void => {}

test('a terminal has colours', () => {
  const style = styleFor({ write, isTTY: true }, {})
  expect(style.title('a')).toBe('\u001b[1ma\u001b[22m')
  expect(style.bar('ttt', 79)).toBe('\u001b[30;48;5;79mttt\u001b[39;49m')
})

test.each([
  [false, {}],
  [true, { NO_COLOR: '1' }],
  [true, { TERM: 'dumb' }],
])('nothing else has (terminal %s, %o)', (isTTY, env) => {
  const style = styleFor({ write, isTTY }, env)
  const drawn = [
    style.title('a'),
    style.quiet('a'),
    style.good('a'),
    style.bad('a'),
    style.bar('a', 1),
  ]
  expect(drawn.join('')).toBe('aaaaa')
})
