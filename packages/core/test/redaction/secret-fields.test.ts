import { isSecretName, jsonWithoutSecrets, secretNames } from '@net/core/authoring'
import { expect, test } from 'vitest'

const isSecret = secretNames(['pin'])

test('names that say what they hold, and those of the caller', () => {
  for (const name of ['Authorization', 'api_key', 'client_secret', 'sig', 'password'])
    expect(isSecretName(name)).toBe(true)
  for (const name of ['signal', 'keyboard', 'page', 'pin']) expect(isSecretName(name)).toBe(false)
  expect(['PIN', 'token', 'pins'].map(isSecret)).toEqual([true, true, false])
})

test('JSON loses secret members however deep, and their lists; what holds them stays', () => {
  const text = JSON.stringify({
    user: { password: 'x', pin: 5, name: 'ada' },
    tokens: ['a'],
    token: { id: 1 },
    none: null,
  })
  expect(jsonWithoutSecrets(text, isSecret)).toBe(
    '{"user":{"password":"[secret]","pin":"[secret]","name":"ada"},"tokens":"[secret]","token":{"id":1},"none":null}',
  )
})

test('numbers keep their digits, whether the text is laid out anew or loses a secret', () => {
  const text = '{"id":12345678901234567890, "share":1.0,"pin":1,"__proto__":{"a":-0}}'
  expect(jsonWithoutSecrets(text, isSecret)).toBe(
    '{"id":12345678901234567890,"share":1.0,"pin":"[secret]","__proto__":{"a":-0}}',
  )
  expect(jsonWithoutSecrets('{"id":12345678901234567890}', isSecret, 2)).toBe(
    '{\n  "id": 12345678901234567890\n}',
  )
})

test('a text without secrets is given back as it is, and what is no JSON is told', () => {
  const spaced = '{ "id": 1e3,  "text": "\\u00e9" }'
  expect(jsonWithoutSecrets(spaced, isSecret)).toBe(spaced)
  expect(jsonWithoutSecrets('"text"', isSecret)).toBe('"text"')
  for (const text of ['', '{"pin":1', "{'pin':1}"])
    expect(jsonWithoutSecrets(text, isSecret)).toBeUndefined()
})
