import { expect, test } from 'vitest'
import { declaredNames, globalNames } from '../globals.ts'

test('the globals of Node and of browsers are there, and ours are not', () => {
  const names = globalNames()
  for (const name of ['fetch', 'Buffer', 'Request', 'XMLHttpRequest']) expect(names).toContain(name)
  expect(names).not.toContain('NetError')
})

test('declared values are found', () => {
  expect(
    declaredNames('declare var Lock: {\n}\ndeclare function alert(): void;\ninterface X {}'),
  ).toEqual(['Lock', 'alert'])
})
