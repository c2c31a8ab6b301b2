import { expect, test } from 'vitest'

import { pages } from '../pages.ts'
import { sidebar } from '../sidebar.ts'

test('every page stands in one group, what a reader meets first at the top', () => {
  const all = pages()
  const groups = sidebar(all)
  const links = groups.flatMap(({ items }) => items.map(({ link }) => link))
  expect(links.toSorted()).toEqual(all.map(({ routePath }) => routePath).toSorted())
  expect(links.slice(0, 3)).toEqual(['/', '/why', '/start'])
  const from = groups.find(({ text }) => text === 'Coming from')
  expect(from?.items.map(({ link }) => link)).toContain('/guide/http-from-got')
})
