/* How a message is written where there is a choice: which encodings, and how long its lines are. */

import { option, optionsObject, type Shape, type Taken } from '@net/core/authoring'

import type { TextEncoding } from './encoded-text.ts'

/** How a message is written. */
export interface EncodingOptions {
  /**
   * How its text is encoded (RFC 2045, section 6): `auto` leaves ASCII in short lines as it is and takes the shorter of the
   * two encodings for all else; `8bit` leaves everything as it is, and needs a server with 8BITMIME. Default `auto`.
   */
  readonly text?: TextEncoding | undefined
  /** Whether headers are ASCII with encoded words (RFC 2047), or UTF-8 (RFC 6532), which needs a server with SMTPUTF8. Default `ascii`. */
  readonly headers?: 'ascii' | 'utf8' | undefined
  /** Characters of a header's line at most, from 40 to 998, where its words let it. Default 76. */
  readonly line?: number | undefined
}

/** What `encoding` may be. */
export const encodingOptions: Shape<Taken<EncodingOptions>> = optionsObject<EncodingOptions>(
  {
    text: option.oneOf('auto', 'quoted-printable', 'base64', '8bit'),
    headers: option.oneOf('ascii', 'utf8'),
    line: option.between(40, 998),
  },
  { cte: 'text', lineLength: 'line', maxLineLength: 'line', utf8: 'headers' },
)
