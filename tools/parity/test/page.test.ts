import { expect, test } from 'vitest'
import { page } from '../page.ts'

const evidence = {
  rows: [
    { id: 'SOCK-01', text: 'Connect', weight: 'MUST' },
    { id: 'SOCK-02', text: 'Limit', weight: 'RARE' },
    { id: 'CORE-01', text: 'Colors', weight: 'SHOULD' },
    { id: 'H-SOCK-01', text: 'resets', weight: 'HOSTILE' },
    { id: 'APP-01', text: 'a tour', weight: 'MUST' },
  ],
  proved: new Map([
    ['SOCK-01', ['packages/socket/test/a.test.ts']],
    ['H-SOCK-01', ['packages/socket/test/a.test.ts']],
  ]),
  leftOut: { 'CORE-01': 'nobody needs them' },
  order: ['core', 'socket'],
}
const words = { 'You can connect': '01', 'You can connect within limits': '01 02' }
const headings = {
  core: {
    title: '@net/core',
    about: 'The base.',
    guides: { errors: 'e.md', logs: 'l.md' },
    words: {},
  },
  socket: { title: '@net/socket', about: 'Connections.', guides: { README: 'r.md' }, words },
}

test('the page says in words what works, what does not, and what is left out', () => {
  const [, ...sections] = page(evidence, headings).split('## ')
  expect(sections).toEqual([
    '@net/core\n\nThe base. Guides: [errors](e.md), [logs](l.md).\n\nWhat we leave out:\n\n- Colors: nobody needs them\n\n',
    '@net/socket\n\nConnections. Guide: [README](r.md).\n\nWhat works:\n\n- You can connect\n\nWhat is not there, or has no test yet:\n\n- Limit\n',
  ])
})

test('it has no ids, no counts, no tests, and nothing of hostile peers but that they are tested', () => {
  expect(page(evidence, headings)).not.toMatch(/SOCK-|MUST|RARE|\.test\.ts|resets|tour/)
})
