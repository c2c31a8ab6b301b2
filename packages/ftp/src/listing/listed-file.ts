/* What one line of a LIST says. Types only. */

import type { ListedTime } from './listed-dates.ts'

/** A file or folder as a line for people tells of it. */
export interface ListedFile extends ListedTime {
  readonly name: string
  readonly type: 'file' | 'folder' | 'link' | 'other'
  /** In bytes; a device has none. */
  readonly size?: number
  readonly mode?: number
  readonly target?: string
  readonly user?: string
  readonly group?: string
  /** Whether it is a member of what was listed, as of a data set of z/OS, which has a way of its own to write that. */
  readonly member?: true
}
