import { expect, test } from 'vitest'

import { systemPath } from '../src/system-path.ts'
import { thrown } from './support.ts'

test('an abstract name begins with a zero byte, a path is itself', () => {
  const at = (path: string) => systemPath({ scheme: 'unix', host: '', port: 0, path })
  expect([at('@name'), at('/run/app.sock')]).toEqual(['\0name', '/run/app.sock'])
})

test('an endpoint without a path is refused', () => {
  expect(thrown(() => systemPath({ scheme: 'tcp', host: 'a', port: 1 })).code).toBe('NET_BAD_URL')
})
