import { expect, test } from 'vitest'

import { keyboardInteractive } from '@net/ssh'

test('takes a function and nothing else', () => {
  const answer = (): string => '123456'
  expect(keyboardInteractive(answer)).toEqual({ method: 'keyboard-interactive', answer })
  expect(() => keyboardInteractive('123456' as never)).toThrow(
    expect.objectContaining({ code: 'NET_BAD_OPTION' }),
  )
})
