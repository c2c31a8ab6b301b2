// A login and a message with a large text.
import assert from 'node:assert/strict'

import * as smtp from '@net/smtp'
import { startSmtpServer, type SmtpFault } from '@net/smtp/testing'

import { at, RESET_EARLY, usual, usualGreeting, type MatrixProtocol } from './protocol.ts'

const TEXT = 'It weaves algebraical patterns.\n'.repeat(4000)
const MALFORMED = 'ProtocolError NET_PROTO_MALFORMED greeting never'
const UNKNOWN = 'PartialError NET_DELIVERY_UNKNOWN receive never'

/** SMTP. */
export const mail: MatrixProtocol<SmtpFault> = {
  name: 'smtp',
  serve: (tls) =>
    startSmtpServer({ users: { ada: 'lovelace' }, ...(tls === undefined ? {} : { tls }) }),
  async exchange(url, { dialer, ca, call }) {
    await using relay = await smtp.connect(url, {
      ...call,
      dialer,
      user: 'ada',
      password: 'lovelace',
      // Whatever the road, it is on this machine.
      dangerouslyAllowPlaintextAuth: true,
      ...(ca === undefined ? { security: 'off' } : { security: 'required', tls: { ca } }),
    })
    const letter = { from: 'ada@example.com', to: 'charles@example.com', text: TEXT }
    assert.equal((await relay.send(letter, call)).delivery, 'accepted')
  },
  cases: [
    ...at('the greeting', (what) => ({ on: 'greeting', do: what }), usualGreeting()),
    ...at('the login', (what) => ({ on: 'AUTH', do: what }), usual('auth', 'safe', 'AUTH')),
    ...at('the command', (what) => ({ on: 'MAIL', do: what }), usual('command', 'safe', 'REPLY')),
    ...at('the final dot', (what) => ({ on: '.', do: what }), {
      drop: UNKNOWN,
      reset: UNKNOWN,
      'half-close': UNKNOWN,
      stall: UNKNOWN,
      garbage: UNKNOWN,
    }),
  ],
  lacks: { 'reset at the greeting': RESET_EARLY },
  corrupt: { after: () => 0, plain: [MALFORMED], sealed: [MALFORMED] },
}
