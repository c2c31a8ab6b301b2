import { runInNewContext } from 'node:vm'

import { isPlainObject } from '@net/core/authoring'
import { expect, test } from 'vitest'

test('data is plain, of whichever realm', () => {
  const plain: unknown[] = [{}, { a: 1 }, Object.create(null), JSON.parse('{}')]
  plain.push(runInNewContext('({ a: 1 })'))
  for (const value of plain) expect(isPlainObject(value)).toBe(true)
})

test('what has a class, and what is no object, is not', () => {
  class Order {
    readonly total = 1
  }
  const others: unknown[] = [new Order(), [], new Date(), new Map(), () => {}, null, undefined, 'a']
  others.push(Object.create({ a: 1 }), Object.create(Object.create(null)))
  for (const code of ['[]', 'new Date()', 'new (class Order {})()', '(() => {})'])
    others.push(runInNewContext(code))
  for (const value of others) expect(isPlainObject(value)).toBe(false)
})
