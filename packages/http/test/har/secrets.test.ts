import { secretNames } from '@net/core/authoring'
import { expect, test } from 'vitest'

import { urlWithoutSecrets, withoutSecrets } from '../../src/har/secrets.ts'

const isSecret = secretNames(['pin'])

test('names that say it, and those of the caller', () => {
  expect(['Authorization', 'api_key', 'PIN', 'page'].map(isSecret)).toEqual([
    true,
    true,
    true,
    false,
  ])
  expect(
    withoutSecrets(
      [
        ['cookie', 'a=1'],
        ['accept', '*/*'],
      ],
      isSecret,
    ),
  ).toEqual([
    { name: 'cookie', value: '[secret]' },
    { name: 'accept', value: '*/*' },
  ])
})

test('a URL loses credentials, fragment and secret parameters, and is else as it was', () => {
  const shown = (url: string): string => urlWithoutSecrets(new URL(url), isSecret).href
  expect(shown('http://me:pw@host/a?page=1&token=abc&pin=5#x')).toBe(
    'http://host/a?page=1&token=%5Bsecret%5D&pin=%5Bsecret%5D',
  )
  expect(shown('http://host/a?q=%20a+b&c')).toBe('http://host/a?q=%20a+b&c')
})
