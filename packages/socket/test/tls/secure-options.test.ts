import { expect, test } from 'vitest'

import { secureDoor } from '../../src/tls/secure-options.ts'
import { thrown } from '../support.ts'

test('options of a handshake are read, and others refused', () => {
  expect({ ...secureDoor({ peer: 'the proxy', timeout: 5 }) }).toEqual({
    peer: 'the proxy',
    timeout: 5,
  })
  expect(thrown(() => secureDoor({ host: 'a.test' } as never)).code).toBe('NET_BAD_OPTION')
})
