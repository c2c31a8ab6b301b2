import { netError } from '@net/core/authoring'
import { expect, test } from 'vitest'

import { Removals } from '../../src/plan/removals.ts'
import { fileOf, inFolder, linkOf, told } from './planning.ts'

test('entries are removed as what they are, and nothing through a link', () => {
  const steps = new Removals(true).of(
    'old',
    'old',
    inFolder('old', [linkOf('link', 'elsewhere'), fileOf('a')]),
  )
  expect(steps.map(({ path, type }) => `${path} ${type}`)).toEqual([
    'old/link link',
    'old/a file',
    'old folder',
  ])
})

test('a folder goes as a whole, or not at all', () => {
  const full = inFolder('old', [fileOf('a'), inFolder('in', [], { hidden: ['x'] })])
  expect(told(new Removals(true).of('old', 'old', full))).toEqual([
    'old/a remove not in the source',
    'old/in keep holds excluded',
    'old keep holds excluded',
  ])
  expect(new Removals(true).whole('old', 'old', full)).toBeUndefined()
  expect(new Removals(false).whole('a', 'a', fileOf('a'))).toBeUndefined()
  expect(new Removals(true).whole('a', 'a', fileOf('a'))).toHaveLength(1)
})

test('what could not be listed stays, and says why', () => {
  const denied = netError('NET_ACCESS_DENIED', { message: 'denied' })
  const left = inFolder('old', [fileOf('a'), inFolder('in', [], { failure: denied })])
  expect(told(new Removals(true).of('old', 'old', left))).toEqual([
    'old/a remove not in the source',
    'old/in keep NET_ACCESS_DENIED',
    'old keep holds excluded',
  ])
  const refused = { ...fileOf('b'), refused: denied }
  expect(told(new Removals(true).of('b', 'b', refused))).toEqual(['b keep NET_ACCESS_DENIED'])
})
