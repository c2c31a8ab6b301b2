/* What ssh2 throws and emits, and what it is called here. First match wins; Node's own rows stand behind these. */

import { defineErrorTable, hasMessage, type ErrorRow, type ErrorTable } from '@net/core/authoring'

/** The table for connections, logins and channels. */
export const sshErrors: ErrorTable = defineErrorTable([
  row(/^Handshake failed: no matching/, 'NET_PROTO_NEGOTIATION', (error) => ({
    message: `server and client have nothing in common: ${error.message.replace('Handshake failed: ', '')}`,
  })),
  row(/^Handshake failed: signature verification failed/, 'NET_PROTO_MALFORMED', () => ({
    message: 'the server did not prove that it owns its host key',
  })),
  row(
    /^(?:Connection lost before handshake|No response from server|Instance unusable after|Not connected)/,
    'NET_CONN_CLOSED',
    () => ({
      message: 'the connection has ended',
    }),
  ),
  row(/^Error (?:while )?signing/, 'NET_CREDENTIAL_INVALID', () => ({
    message: 'the private key cannot be used: signing with it failed',
  })),
  row(/^(?:Max greeting lines exceeded|Header line too long)$/, 'NET_PROTO_LIMIT', () => ({
    message: 'the server sent too much before its identification',
  })),
  {
    when: (error) => FOUL.test(error.message) || LEVELS.has(String(Reflect.get(error, 'level'))),
    code: 'NET_PROTO_MALFORMED',
    details: (error) => ({ message: `the server broke the protocol: ${error.message}` }),
  },
])

function row(
  message: RegExp,
  code: ErrorRow['code'],
  details: NonNullable<ErrorRow['details']>,
): ErrorRow {
  return { when: hasMessage(message), code, details }
}

const FOUL =
  /^(?:Bad packet length|Packet length|Invalid (?:MAC|packet|padding|header|identification)|Inbound: |Malformed|Unsupported state or unable to authenticate data)/
const LEVELS: ReadonlySet<string> = new Set(['handshake', 'protocol'])
