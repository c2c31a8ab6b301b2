/* What a tree needs of a client besides its verbs. Types only. */

import type { CallOptions } from '@net/core'
import type { Verb } from '@net/socket/authoring'

import type { Dialog } from './dialog.ts'
import type { FtpClient } from './ftp-client.ts'
import type { Session, SharedPlace } from './session.ts'

/** A client as its trees have it. */
export interface TreeClient extends FtpClient {
  /** Who is logged in. */
  readonly user: string
  /** How many sessions it may have. */
  readonly connections: number
  /** Where paths begin. */
  readonly place: Readonly<SharedPlace>
  /** One call with a session, for what is no verb of a client. */
  within<T>(
    verb: Verb,
    options: CallOptions,
    work: (dialog: Dialog, session: Session) => Promise<T>,
  ): Promise<T>
}
