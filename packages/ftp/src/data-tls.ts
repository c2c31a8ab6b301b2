/*
 * TLS of data connections. The session of the control connection is resumed wherever the server allows it; a peer
 * that resumes it has shown that it is the one whose certificate was verified there, and sends no certificate again.
 */

import { checkServerIdentity, TLSSocket } from 'node:tls'

import { netError, own, translate, type Operation } from '@net/core/authoring'
import { publicKeyPin, secure, type TlsOptions, type Transport } from '@net/socket'

import { ftpErrors } from './engine/basic-ftp-errors.ts'
import { lostInHandshake } from './lost.ts'

/** What a data connection must agree with. */
export interface DataTls {
  /** The options of the control connection. */
  readonly tls: TlsOptions
  /** The name under which the control connection was verified; Node resumes a session under no other. */
  readonly name: string
  readonly session: Uint8Array | undefined
}

/** Speaks TLS over a data connection, as the same host and where possible in the same session. */
export async function secureData(
  op: Operation,
  data: Transport,
  { tls, name, session }: DataTls,
): Promise<Transport> {
  const { pins: _pins, ...rest } = tls
  const secured = await secure(
    data,
    {
      ...rest,
      servername: name,
      ...(session === undefined ? {} : { session }),
      // A resumed session has no certificate that could be verified; one that is not resumed is verified below.
      dangerouslySkipVerification: true,
    },
    op.within,
  ).catch((error: unknown) => {
    throw lostInHandshake(error, 'data')
  })
  if (secured.info.tls?.resumed === true) return secured
  try {
    verifyAnew(secured, tls, name)
    return secured
  } catch (error) {
    secured.abort(error)
    throw translate(error, ftpErrors, { protocol: 'ftp', phase: 'tls' })
  }
}

/** Every check that the control connection has passed. */
function verifyAnew({ duplex, info }: Transport, tls: TlsOptions, name: string): void {
  const certificate = info.tls?.certificate
  if (certificate === undefined || !(duplex instanceof TLSSocket)) {
    throw netError('NET_TLS_HANDSHAKE', {
      message: 'the data connection came without a certificate',
    })
  }
  const pins = own(tls, 'pins')
  const pin = publicKeyPin(certificate)
  if (pins !== undefined && !pins.includes(pin)) {
    throw netError('NET_TLS_CERT_PIN', { message: `the certificate's key ${pin} is not pinned` })
  }
  if (own(tls, 'dangerouslySkipVerification') === true) return
  if (!duplex.authorized) throw untrusted(duplex)
  const failure = checkServerIdentity(name, certificate.toLegacyObject())
  if (failure !== undefined) throw failure
}

/** Node keeps the code of what OpenSSL found, and calls it an error. */
function untrusted({ authorizationError }: TLSSocket): Error {
  const code = String(
    authorizationError instanceof Error
      ? Reflect.get(authorizationError, 'code')
      : authorizationError,
  )
  return Object.assign(new Error(code), { code })
}
