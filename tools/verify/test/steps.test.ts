import { expect, test } from 'vitest'
import { chosen } from '../steps.ts'

test('steps run in their own order, whichever was named first', () => {
  expect(chosen(['mirror', 'lint']).map(({ name }) => name)).toEqual(['lint', 'mirror'])
  expect(chosen([]).length).toBeGreaterThan(15)
})

test('a step that does not exist is refused with those that do', () => {
  expect(() => chosen(['lint', 'test:docs'])).toThrow(
    /^no such step: test:docs; the steps are demo, format, lint, /,
  )
})
