import { mkdtempDisposableSync, readdirSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'

import { assemble, pages } from '../pages.ts'

test('each document is a page under a route of its own, and links lead from page to page', () => {
  const all = pages()
  const routes = new Set(all.map(({ routePath }) => routePath))
  expect(routes.size).toBe(all.length)
  for (const route of ['/', '/guide/http', '/packages/http', '/etc/http-index-api', '/bench']) {
    expect(routes).toContain(route)
  }
  const dead = all.flatMap(({ file, content }) =>
    [...content.replaceAll(/^```[^]*?^```$/gmu, '').matchAll(/[^!]\[[^\]]*\]\((\/[^)#\s]*)/gu)]
      .filter(([, target = '']) => !routes.has(target))
      .map(([link]) => `${file}: ${link}`),
  )
  expect(dead).toEqual([])
})

test('figures become pictures, whose files are there', () => {
  using folder = mkdtempDisposableSync(join(tmpdir(), 'site-'))
  assemble(folder.path)
  const pictures = readdirSync(join(folder.path, 'public'))
  for (const name of ['why.md', 'bench.md', 'index.md']) {
    const text = readFileSync(join(folder.path, name), 'utf8')
    const shown = [...text.matchAll(/!\[[^\]]*\]\(\/([^)]+)\)/gu)].map(([, picture]) => picture)
    expect(shown.length).toBeGreaterThan(0)
    expect(pictures).toEqual(expect.arrayContaining(shown))
    expect(text).not.toContain('```bars')
  }
})
