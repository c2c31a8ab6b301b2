import { expect, test } from 'vitest'

import { expandHome, expandTokens, PATH_TOKENS } from '../../src/config/config-tokens.ts'

const values = {
  original: 'web',
  host: 'web.example.com',
  port: 2200,
  user: 'ada',
  localUser: 'root',
  localHost: 'here.local',
  home: '/root',
  userId: 7,
  hostKeyAlias: undefined,
  jump: '',
}

test('each token has its value', () => {
  const text = '%% %h %n %p %r %u %l %L %d %i %k'
  expect(expandTokens(text, PATH_TOKENS, values)).toBe(
    '% web.example.com web 2200 ada root here.local here /root 7 web',
  )
  expect(expandTokens('%C', PATH_TOKENS, values)).toMatch(/^[0-9a-f]{40}$/)
  expect(() => expandTokens('%u', 'hnpr', values)).toThrow('%u has no meaning here')
})

test('paths begin at home, and have variables of the environment', () => {
  expect(expandHome('~/.ssh/id', '/root')).toBe('/root/.ssh/id')
  expect(expandHome('~ada/id', '/root')).toBe('~ada/id')
  expect(expandHome('${PATH}', '/root')).toBe(process.env['PATH'])
  expect(() => expandHome('${NOT_SET_ANYWHERE}', '')).toThrow('NOT_SET_ANYWHERE is not set')
})
