import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

import { expect, test } from 'vitest'

import { pageFile } from '../../src/web/page-files.ts'

const page = join(import.meta.dirname, '../../page')

test('the files of the page are served by name, and nothing else', () => {
  expect(pageFile('index.html')?.type).toBe('text/html; charset=utf-8')
  expect(pageFile('main.js')).toEqual({
    type: 'text/javascript; charset=utf-8',
    content: readFileSync(join(page, 'main.js')),
  })
  expect(pageFile('tsconfig.json')).toBeUndefined()
  expect(pageFile('../package.json')).toBeUndefined()
  expect(pageFile('')).toBeUndefined()
})

test('[H-APP-07] the page makes text nodes alone: no markup is parsed, no script or handler stands in a document', () => {
  for (const name of readdirSync(page)) {
    const text = readFileSync(join(page, name), 'utf8')
    expect(text).not.toMatch(
      /innerHTML|outerHTML|insertAdjacentHTML|document\.write|DOMParser|setHTML|\beval\(/u,
    )
    if (name.endsWith('.html'))
      expect(text).not.toMatch(/\son\w+=|<script(?![^>]*\ssrc=)|\sstyle=|<style/u)
  }
})
