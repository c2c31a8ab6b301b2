import { expect, test } from 'vitest'
import { anchorsOf, linksOf } from '../links.ts'

test('links are found in prose, pictures, tags and definitions, not in code', () => {
  const markdown = [
    'See [a](b.md) and ![c](d.svg "title"), `[no](link)`.',
    '```md',
    '[no](link)',
    '```',
    '<img src="e.svg">',
    '[ref]: f.md#part',
  ].join('\n')
  expect(linksOf(markdown)).toEqual([
    { line: 1, target: 'b.md' },
    { line: 1, target: 'd.svg' },
    { line: 5, target: 'e.svg' },
    { line: 6, target: 'f.md#part' },
  ])
})

test('anchors are made of headings, numbered when they repeat', () => {
  const markdown = [
    '# Time limits, and retries',
    '## `retry(job)`',
    '## A [link](x.md) in it',
    '# Same',
    '# Same',
    '```sh',
    '# no heading',
    '```',
    '<a id="own"></a>',
  ].join('\n')
  expect([...anchorsOf(markdown)]).toEqual([
    'time-limits-and-retries',
    'retryjob',
    'a-link-in-it',
    'same',
    'same-1',
    'own',
  ])
})
