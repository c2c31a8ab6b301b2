/* Parameters of MIME headers, such as the name of a file, in any script and of any length (RFC 2231). */

/** The parameter, each of its pieces on a line of its own behind a semicolon. */
export function parameter(name: string, value: string): string {
  if (PLAIN.test(value) && !value.includes('=?')) return `;\r\n ${name}="${value}"`
  const encoded = percentEncoded(value)
  const pieces = encoded.match(PIECE) ?? ['']
  if (pieces.length === 1) return `;\r\n ${name}*=utf-8''${encoded}`
  return pieces
    .map((piece, at) => `;\r\n ${name}*${at}*=${at === 0 ? "utf-8''" : ''}${piece}`)
    .join('')
}

/** Every byte but letters, digits and a few signs that mean nothing to any reader. */
function percentEncoded(text: string): string {
  return encodeURIComponent(text.toWellFormed()).replaceAll(
    /[!'()*]/g,
    (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`,
  )
}

// Short, without quotes and backslashes, and without space that a reader may take away.
const PLAIN = /^[!#-)+-[\]-~](?:[ !#-)+-[\]-~]{0,52}[!#-)+-[\]-~])?$/
// Up to 54 letters, and never within a byte.
const PIECE = /.{1,54}$|.{52,54}(?<!%[\dA-F]?)/g
