import { expect, it } from 'vitest'

import { decodedName, encodedName } from '../src/url-name.ts'

it.each([
  ['märz #1', 'm%C3%A4rz%20%231'],
  ['m\udce4rz', 'm%E4rz'],
  ['\udcff\udc80日\udce4', '%FF%80%E6%97%A5%E4'],
  ['%E4', '%25E4'],
])('the name %j is %s in a URL, and back', (name, part) => {
  expect(encodedName(name)).toBe(part)
  expect(decodedName(part)).toBe(name)
})

it('half of a character is no byte of a name, and what is not encoded stays', () => {
  expect(encodedName('a\ud800')).toBe('a%EF%BF%BD')
  expect(decodedName('100%')).toBe('100%')
  expect(decodedName('%41%zz')).toBe('A%zz')
})
