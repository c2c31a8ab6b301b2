/*
 * What a test wants to know of a message that arrived: its headers and what follows them. Decodes nothing and knows
 * no MIME.
 */

/** A message taken apart at its first empty line. */
export interface HeadAndText {
  /** The headers in lower case, unfolded, each with its values in order. */
  readonly headers: ReadonlyMap<string, readonly string[]>
  /** What follows the headers, as it came. */
  readonly text: string
}

/** Takes a message apart (RFC 5322, section 2.1). A line that is no header ends the headers too. */
export function headAndText(raw: Uint8Array): HeadAndText {
  const whole = Buffer.from(raw).toString('utf8')
  const end = whole.indexOf('\r\n\r\n')
  const head = end < 0 ? whole : whole.slice(0, end)
  const headers = new Map<string, string[]>()
  for (const line of head.replaceAll(/\r\n(?=[ \t])/g, '').split('\r\n')) {
    const [, name, value = ''] = HEADER.exec(line) ?? []
    if (name === undefined) continue
    const key = name.toLowerCase()
    headers.set(key, [...(headers.get(key) ?? []), value.trim()])
  }
  return { headers, text: end < 0 ? '' : whole.slice(end + 4) }
}

const HEADER = /^([!-9;-~]+):(.*)$/s
