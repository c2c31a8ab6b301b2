/* The charset of a text, as its `Content-Type` tells it. */

/** The charset of the Encoding Standard that the field names; UTF-8 without one, and as it stands if it is unknown. */
export function charsetIn(contentType: string | undefined): string {
  const found = CHARSET.exec(contentType ?? '')?.[1]
  if (found === undefined) return 'utf-8'
  // Some servers name several, in order, or what their database calls it.
  const names = found.split(',').map((name) => (UTF8.test(name) ? 'utf-8' : name))
  return names.find(isKnown) ?? found
}

function isKnown(name: string): boolean {
  try {
    return new TextDecoder(name).encoding !== ''
  } catch {
    return false
  }
}

const CHARSET = /;\s*charset\s*=\s*["']?([^\s;"']+)["']?/i
const UTF8 = /^utf-?8(?:mb[34])?$/i
