/*
 * TLS of data connections. The session of the control connection is resumed wherever the server allows it; a peer
 * that resumes it has shown that it is the one whose certificate was verified there, and sends no certificate again.
 */

import { own, translate, type Operation } from '@net/core/authoring'
import { secure, verifyPeer, type TlsOptions, type Transport } from '@net/socket'
import { lossInHandshake } from '@net/socket/authoring'

import { ftpErrors } from './engine/basic-ftp-errors.ts'
import { keyShares } from './key-shares.ts'
import { dataLoss } from './loss-places.ts'

/** What a data connection must agree with. */
export interface DataTls {
  /** The options of the control connection. */
  readonly tls: TlsOptions
  /** The name under which the control connection was verified; Node resumes a session under no other. */
  readonly name: string
  readonly session: Uint8Array | undefined
  /** The group of its key exchange. */
  readonly group?: string | undefined
}

/** Speaks TLS over a data connection, as the same host and where possible in the same session. */
export async function secureData(
  op: Operation,
  data: Transport,
  { tls, name, session, group }: DataTls,
): Promise<Transport> {
  const { pins: _pins, ...rest } = tls
  const secured = await secure(
    data,
    {
      ...rest,
      servername: name,
      groups: own(tls, 'groups') ?? (group === undefined ? undefined : keyShares(group)),
      ...(session === undefined ? {} : { session }),
      // A resumed session has no certificate that could be verified; one that is not resumed is verified below.
      dangerouslySkipVerification: true,
    },
    op.within,
  ).catch((error: unknown) => {
    throw lossInHandshake(error, dataLoss)
  })
  if (secured.info.tls?.resumed === true) return secured
  try {
    verifyPeer(secured, tls, { name, peer: 'the data connection of' })
    return secured
  } catch (error) {
    secured.abort(error)
    throw translate(error, ftpErrors, { protocol: 'ftp', phase: 'tls' })
  }
}
