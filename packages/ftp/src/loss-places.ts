/* What is said of an FTP connection that was lost. */

import type { LossPlace } from '@net/socket/authoring'

import { ftpErrors } from './engine/basic-ftp-errors.ts'

/** The connection of commands and replies, which is always read, whatever the call is doing. */
export const controlLoss: LossPlace = {
  protocol: 'ftp',
  errors: ftpErrors,
  what: 'the control connection',
}

/** The connection of one transfer: its data go one way, so the phase says what was going on. */
export const dataLoss: LossPlace = {
  protocol: 'ftp',
  errors: ftpErrors,
  what: 'the data connection',
  keepsPhase: true,
}
