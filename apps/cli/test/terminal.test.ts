import { expect, it } from 'vitest'

import { openTerminal } from '../src/terminal.ts'

it('is undefined where there is none', () => {
  expect(openTerminal('/nowhere/tty')).toBeUndefined()
})
