import { test } from 'vitest'

import { checkErrors } from '@net/core/testing'

import { sshErrors } from '../../src/engine/ssh2-errors.ts'

function error(message: string, fields: object = {}): Error {
  return Object.assign(new Error(message), fields)
}

test('what ssh2 throws and emits has its code', () => {
  checkErrors(sshErrors, [
    {
      error: error('Handshake failed: no matching key exchange algorithm', { level: 'handshake' }),
      code: 'NET_PROTO_NEGOTIATION',
    },
    {
      error: error('Handshake failed: signature verification failed', { level: 'handshake' }),
      code: 'NET_PROTO_MALFORMED',
    },
    {
      error: error('Connection lost before handshake', { level: 'protocol' }),
      code: 'NET_CONN_CLOSED',
    },
    { error: error('No response from server'), code: 'NET_CONN_CLOSED' },
    { error: error('Instance unusable after fatal error'), code: 'NET_CONN_CLOSED' },
    {
      error: error('Error signing data with key: x', { level: 'client-authentication' }),
      code: 'NET_CREDENTIAL_INVALID',
    },
    { error: error('Header line too long'), code: 'NET_PROTO_LIMIT' },
    { error: error('Bad packet length'), code: 'NET_PROTO_MALFORMED' },
    { error: error('Invalid MAC'), code: 'NET_PROTO_MALFORMED' },
    {
      error: error('Inbound: Malformed CHANNEL_DATA packet', { level: 'protocol' }),
      code: 'NET_PROTO_MALFORMED',
    },
    {
      error: error('Received packet 7 instead of 31', { level: 'handshake' }),
      code: 'NET_PROTO_MALFORMED',
    },
    {
      error: error('read ECONNRESET', { code: 'ECONNRESET', level: 'client-socket' }),
      code: 'NET_CONN_RESET',
    },
  ])
})
