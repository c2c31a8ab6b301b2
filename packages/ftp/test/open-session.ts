/* A logged-in session for tests of what stands below the client, and calls that take their turn at it. */

import { parseEndpoint, type CallOptions } from '@net/core'
import { CredentialSource, operation, type Operation } from '@net/core/authoring'
import type { FtpDataOptions } from '@net/ftp'
import type { FtpServer } from '@net/ftp/testing'
import { tcpDialer, type TlsOptions } from '@net/socket'
import { ClientFrame } from '@net/socket/authoring'

import { DataConnections } from '../src/data-connection.ts'
import type { Dialog } from '../src/dialog.ts'
import { ftpErrors } from '../src/engine/basic-ftp-errors.ts'
import { logIn, type LoginPlan } from '../src/login.ts'
import { Session } from '../src/session.ts'

export const plain: LoginPlan = {
  user: 'joe',
  password: new CredentialSource('open sesame', { what: 'password' }),
  account: undefined,
  security: undefined,
  tls: {},
  allowPlaintext: undefined,
  encoding: 'utf8',
  folder: undefined,
}

export const users = { joe: 'open sesame' }

export function inOperation<T>(
  run: (op: Operation) => Promise<T>,
  options?: CallOptions,
): Promise<T> {
  const spec = { protocol: 'ftp', operation: 'test', kind: 'transfer', errors: ftpErrors } as const
  return operation(spec, options, run)
}

export class TestSession implements AsyncDisposable {
  readonly session: Session

  constructor(session: Session) {
    this.session = session
  }

  use<T>(
    work: (dialog: Dialog, session: Session) => Promise<T>,
    options?: CallOptions,
  ): Promise<T> {
    return inOperation(
      (op) =>
        op.attempt((attempt) =>
          this.session.use(op, attempt, (dialog) => work(dialog, this.session)),
        ),
      options,
    )
  }

  /** As the client's `close`. */
  close(grace?: number): Promise<void> {
    const { session } = this
    const identity = { protocol: 'ftp', endpoint: 'test', errors: ftpErrors, client: { id: 1 } }
    return new ClientFrame(identity, session).close(grace, (op) => session.quit(op))
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }
}

export async function openSession(
  server: FtpServer,
  tls: TlsOptions = {},
  options: FtpDataOptions = {},
): Promise<TestSession> {
  const { endpoint } = parseEndpoint(server.url)
  const dialer = tcpDialer()
  const { control, features } = await inOperation(async (op) =>
    logIn(op, await dialer.dial(endpoint), { ...plain, tls }),
  )
  const data = new DataConnections({ dialer, tls, options }, control.transport)
  return new TestSession(new Session(control, data, features))
}
