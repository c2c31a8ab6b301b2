import { expect, test } from 'vitest'

import { placeOf, Places } from '../src/place.ts'

test('a URL in parts', () => {
  expect(placeOf(new URL('https://host/a?b=1'))).toEqual({
    href: 'https://host/a?b=1',
    origin: 'https://host',
    path: '/a?b=1',
    endpoint: 'host:443',
  })
  expect(placeOf(new URL('http://[::1]:8080/'))).toMatchObject({
    origin: 'http://[::1]:8080',
    path: '/',
    endpoint: '[::1]:8080',
  })
})

test('so many places are kept, the most recent ones', () => {
  const places = new Places()
  for (let at = 0; at <= 256; at++) places.keep(`/${at}`, placeOf(new URL(`http://host/${at}`)))
  expect(places.get('/0')).toBeUndefined()
  expect(places.get('/1')?.path).toBe('/1')
  expect(places.get('/256')?.path).toBe('/256')
})

test('a place whose query holds a secret is not kept, and neither is a long text', () => {
  const places = new Places()
  places.keep('secret', placeOf(new URL('http://host/?api%5Fkey=lovelace')))
  places.keep('plain', placeOf(new URL('http://host/?page=1')))
  places.keep('x'.repeat(2049), placeOf(new URL('http://host/')))
  expect(places.get('secret')).toBeUndefined()
  expect(places.get('plain')?.path).toBe('/?page=1')
  expect(places.get('x'.repeat(2049))).toBeUndefined()
})
