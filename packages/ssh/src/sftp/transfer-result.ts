/* What became of a transfer. Types only. */

/** How a transfer went. */
export interface TransferResult {
  /** How many bytes this call moved. */
  readonly transferred: number
  /** The size of the whole file, in bytes. */
  readonly size: number
  /** Whether the server's size agreed; false where the server does not tell a size. */
  readonly verified: boolean
  /** The file had another size when it was read than before: it grew, and what it had at first is here. Absent otherwise. */
  readonly changed?: boolean
}
