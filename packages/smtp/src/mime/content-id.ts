/* Which parts of a message its HTML shows, by their Content-IDs (RFC 2392). */

/** The Content-IDs that the HTML shows, decoded from its URLs (RFC 2392). */
export function contentIdsOf(html: string): ReadonlySet<string> {
  // Most have none, and to look at each letter in three ways takes its time.
  if (!/cid:/i.test(html)) return NONE
  const found = new Set<string>()
  for (const [, quoted, plain, style] of html.matchAll(REFERENCE)) {
    found.add(decoded(quoted ?? plain ?? style ?? ''))
  }
  return found
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

const NONE: ReadonlySet<string> = new Set()
const REFERENCE =
  /\b(?:src|background)\s*=\s*(?:["']\s*cid:([^"']+?)\s*["']|cid:([^\s"'>]+))|url\(\s*["']?cid:([^"')\s]+)/gi
