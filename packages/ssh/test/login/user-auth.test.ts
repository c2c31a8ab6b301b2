import { expect, test } from 'vitest'

import { fields, uint32 } from '../../src/identity/wire.ts'
import {
  interactiveAnswer,
  interactiveRequest,
  keyProof,
  keyQuestion,
  noneRequest,
  passwordRequest,
  readAuthReply,
} from '../../src/login/user-auth.ts'

const head = (method: string): Buffer =>
  Buffer.concat([Buffer.of(50), fields('ada', 'ssh-connection', method)])

test('the requests of RFC 4252 and RFC 4256', () => {
  expect(noneRequest('ada')).toEqual(head('none'))
  expect(passwordRequest('ada', 'x')).toEqual(
    Buffer.concat([head('password'), Buffer.of(0), fields('x')]),
  )
  expect(passwordRequest('ada', 'x', 'y')).toEqual(
    Buffer.concat([head('password'), Buffer.of(1), fields('x', 'y')]),
  )
  expect(interactiveRequest('ada')).toEqual(
    Buffer.concat([head('keyboard-interactive'), fields('', '')]),
  )
  expect(interactiveAnswer(['a', 'b'])).toEqual(
    Buffer.concat([Buffer.of(61), uint32(2), fields('a', 'b')]),
  )
})

test('what a key signs begins with the session, and is otherwise the message itself', () => {
  const request = { user: 'ada', algorithm: 'ssh-ed25519', blob: Buffer.from('key') }
  const rest = fields('ssh-ed25519', 'key')
  expect(keyQuestion(request)).toEqual(Buffer.concat([head('publickey'), Buffer.of(0), rest]))
  const { signed, message } = keyProof(request, Buffer.from('session'))
  const body = Buffer.concat([head('publickey'), Buffer.of(1), rest])
  expect(signed).toEqual(Buffer.concat([fields('session'), body]))
  expect(message(Buffer.from('sig'))).toEqual(Buffer.concat([body, fields('sig')]))
})

test('the replies, by the method that was asked', () => {
  expect(readAuthReply(Buffer.of(52), 'none')).toEqual({ kind: 'success' })
  const failure = Buffer.concat([Buffer.of(51), fields('publickey,password'), Buffer.of(1)])
  const methods = ['publickey', 'password']
  expect(readAuthReply(failure, 'none')).toEqual({ kind: 'failure', methods, partial: true })
  const nothing = Buffer.concat([Buffer.of(51), fields(''), Buffer.of(0)])
  expect(readAuthReply(nothing, 'none')).toEqual({ kind: 'failure', methods: [], partial: false })
  expect(readAuthReply(Buffer.of(60), 'publickey')).toEqual({ kind: 'key' })
  const change = Buffer.concat([Buffer.of(60), fields('expired', '')])
  expect(readAuthReply(change, 'password')).toEqual({ kind: 'change', text: 'expired' })
  const asked = Buffer.concat([
    Buffer.of(60),
    fields('PAM', 'Hello', ''),
    uint32(1),
    fields('Code: '),
    Buffer.of(1),
  ])
  expect(readAuthReply(asked, 'keyboard-interactive')).toEqual({
    kind: 'questions',
    name: 'PAM',
    instruction: 'Hello',
    questions: [{ text: 'Code: ', echo: true }],
  })
  for (let length = 1; length < asked.length; length++) {
    expect(() => readAuthReply(asked.subarray(0, length), 'keyboard-interactive')).toThrow(
      expect.objectContaining({ code: 'NET_PROTO_MALFORMED' }),
    )
  }
})
