import { expect, test } from 'vitest'

import { pageText } from '../../src/web/page-text.ts'

test('every module that the page asks for is one of its files', () => {
  const names = new Set(Object.keys(pageText))
  const asked = Object.values(pageText).flatMap((text) =>
    [...text.matchAll(/(?:from '\.\/|"\/page\/)([\w.-]+)/gu)].map(([, name = '']) => name),
  )
  expect(asked).toContain('main.js')
  expect(asked.filter((name) => !names.has(name))).toEqual([])
})
