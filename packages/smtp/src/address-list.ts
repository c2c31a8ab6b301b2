/*
 * Where one address of a text ends and the next one begins: at a comma or a semicolon that stands outside of quotes and
 * angle brackets. Reads no address.
 */

/** The addresses of a text, without the space around them; empty places, such as that behind a trailing comma, are none. */
export function splitAddresses(text: string): string[] {
  // Most are one address without a name.
  const items = /[,;"<]/.test(text) ? split(text) : [text]
  return items.map((item) => item.trim()).filter((item) => item !== '')
}

function split(text: string): string[] {
  const items: string[] = []
  let start = 0
  let quoted = false
  let bracketed = false
  for (let at = 0; at < text.length; at++) {
    const character = text[at]
    if (quoted && character === '\\') at += 1
    else if (character === '"') quoted = !quoted
    else if (quoted) continue
    else if (character === '<') bracketed = true
    else if (character === '>') bracketed = false
    else if (!bracketed && (character === ',' || character === ';')) {
      items.push(text.slice(start, at))
      start = at + 1
    }
  }
  items.push(text.slice(start))
  return items
}
