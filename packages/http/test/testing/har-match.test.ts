import { expect, test } from 'vitest'

import type { HarPostData } from '../../src/har/har.ts'
import { secretNames } from '@net/core/authoring'
import {
  differences,
  recordedCall,
  type ComparedCall,
  type MatchRules,
} from '../../src/testing/har-match.ts'

const rules: MatchRules = {
  isSecret: secretNames(),
  ignoreQuery: new Set(['date']),
  headers: ['accept'],
}

function call(url: string, postData?: HarPostData, method = 'GET'): ComparedCall {
  return recordedCall({
    method,
    url,
    headers: [{ name: 'Accept', value: '*/*' }],
    ...(postData === undefined ? {} : { postData }),
    httpVersion: 'HTTP/1.1',
    cookies: [],
    queryString: [],
    headersSize: -1,
    bodySize: -1,
  })
}

const json = (text: string): HarPostData => ({ mimeType: 'application/json', text })
const form = (value: string): HarPostData => ({
  mimeType: 'multipart/form-data',
  params: [{ name: 'a', value }],
})

test.each<[string, ComparedCall, ComparedCall, string[]]>([
  ['the same', call('http://a/b?x=1'), call('http://a/b?x=1'), []],
  ['another order of names', call('http://a/b?x=1&y=2'), call('http://a/b?y=2&x=1'), []],
  ['what may differ', call('http://a/b?date=1'), call('http://a/b?date=2'), []],
  ['secrets', call('http://a/b?token=1'), call('http://a/b?token=%5Bsecret%5D'), []],
  [
    'JSON in another order',
    call('http://a/', json('{"a":1,"b":[2]}')),
    call('http://a/', json('{"b":[2], "a":1}')),
    [],
  ],
  ['equal fields', call('http://a/', form('1')), call('http://a/', form('1')), []],
  [
    'a parameter',
    call('http://a/b?x=1'),
    call('http://a/b?x=2&z'),
    ['the parameter x', 'the parameter z'],
  ],
  [
    'the order of one name',
    call('http://a/?x=1&x=2'),
    call('http://a/?x=2&x=1'),
    ['the parameter x'],
  ],
  [
    'method and path',
    call('http://a/b'),
    call('http://a/c', undefined, 'PUT'),
    ['the method', 'the path'],
  ],
  ['JSON', call('http://a/', json('{"a":1}')), call('http://a/', json('{"a":"1"}')), ['the body']],
  ['a field', call('http://a/', form('1')), call('http://a/', form('2')), ['the body']],
  ['a body or none', call('http://a/', json('1')), call('http://a/'), ['the body']],
  ['text', call('http://a/', json('a')), call('http://a/', json('b')), ['the body']],
  [
    'a header',
    { ...call('http://a/'), headers: new Map() },
    call('http://a/'),
    ['the header accept'],
  ],
])('%s', (_, wanted, had, expected) => {
  expect(differences(wanted, had, rules)).toEqual(expected)
})
