import { expect, test } from 'vitest'

import { mergeOwn, own, refuseControl } from '@net/core/authoring'

test('[H-CORE-02] only what the object itself has is read', () => {
  const options = Object.create({ host: 'evil' }) as { host?: string; port?: number }
  options.port = 1
  expect(own(options, 'host')).toBeUndefined()
  expect(own(options, 'port')).toBe(1)
  expect(own(undefined as { port?: number } | undefined, 'port')).toBeUndefined()
})

test('[H-CORE-02] merging hostile JSON pollutes nothing', () => {
  const hostile = JSON.parse('{"__proto__":{"x":1},"constructor":2,"a":3}') as { a: number }
  const merged = mergeOwn(hostile)
  expect(Object.keys(merged)).toEqual(['a'])
  expect(({} as { x?: number }).x).toBeUndefined()
  expect((merged as { x?: number }).x).toBeUndefined()
})

test('later sources win, and undefined never does', () => {
  expect(mergeOwn({ a: 1, b: 2 }, undefined, { a: undefined as never, b: 3 })).toEqual({
    a: 1,
    b: 3,
  })
})

test.each(['\r', '\n', '\0', '\u001b', '\u007f'])(
  '[H-CORE-01] %j in a field is refused without the value',
  (bad) => {
    const refuse = (): void => refuseControl('the user', `anna${bad}QUIT`)
    expect(refuse).toThrow(expect.objectContaining({ code: 'NET_INJECTION' }))
    expect(refuse).toThrow(/^the user contains a control character$/)
  },
)

test('other text passes', () => {
  expect(() => refuseControl('the user', 'änna ☃')).not.toThrow()
})
