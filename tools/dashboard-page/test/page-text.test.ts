import { join } from 'node:path'

import { expect, test } from 'vitest'

import { pageText } from '../../../packages/dashboard/src/web/page-text.ts'
import { pageModule, pageTexts } from '../page-text.ts'

test('the module has the files of the page; else run node tools/dashboard-page/main.ts && pnpm format', () => {
  const texts = pageTexts(join(import.meta.dirname, '../../../packages/dashboard/page'))
  expect(pageText).toEqual(texts)
  expect(Object.keys(texts)).toContain('index.html')
  expect(pageModule({ a: 'b' })).toContain('export const pageText')
})
