import { expect, test } from 'vitest'

import { createSshKey } from '@net/ssh/testing'

import { methodOf, shownKey } from '../../src/engine/ssh2-server-login.ts'
import { openPrivateKey } from '../../src/identity/private-key.ts'
import { signData } from '../../src/identity/signatures.ts'
import { keyProof, keyQuestion, noneRequest } from '../../src/login/user-auth.ts'

test('a key is a question, or a proof that must be right', async () => {
  const pair = createSshKey()
  const { key, blob } = await openPrivateKey(pair.privateKey)
  const request = { user: 'ada', algorithm: 'ssh-ed25519', blob }
  const session = Buffer.from('session')
  const question = keyQuestion(request)
  expect([methodOf(question), methodOf(noneRequest('ada')), methodOf(Buffer.of(50))]).toEqual([
    'publickey',
    'none',
    '',
  ])
  expect(shownKey(question, session)).toEqual({
    attempt: { key: blob, signed: false },
    isRight: undefined,
  })
  const proof = keyProof(request, session)
  const message = proof.message(signData(key, 'ssh-ed25519', proof.signed))
  expect(shownKey(message, session)?.isRight).toBe(true)
  expect(shownKey(message, Buffer.from('another'))?.isRight).toBe(false)
  expect(shownKey(message.subarray(0, 60), session)).toBeUndefined()
})
