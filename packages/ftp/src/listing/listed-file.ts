/* What one line of a LIST says. Types only. */

/** A file or folder as a line for people tells of it. */
export interface ListedFile {
  readonly name: string
  readonly type: 'file' | 'folder' | 'link' | 'other'
  /** In bytes; a device has none. */
  readonly size?: number
  readonly mode?: number
  /** Milliseconds since 1970, where the format tells it without doubt. */
  readonly modified?: number
  readonly target?: string
  readonly user?: string
  readonly group?: string
  /** Whether it is a member of what was listed, as of a data set of z/OS, which has a way of its own to write that. */
  readonly member?: true
}
