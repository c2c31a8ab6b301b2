/* Names of hosts and users with `*` and `?`, as OpenSSH's files have them. */

/**
 * Whether the text fits the pattern as a whole, with `*` for any letters and `?` for one. Goes back to the last `*` only, so
 * that no pattern costs more than its length times that of the text.
 */
export function matchesPattern(pattern: string, text: string): boolean {
  let at = 0
  let star = -1
  let resume = 0
  let position = 0
  while (at < text.length) {
    const wanted = pattern[position]
    if (wanted === '*') {
      star = position++
      resume = at
    } else if (wanted === '?' || wanted === text[at]) {
      position++
      at++
    } else if (star >= 0) {
      position = star + 1
      at = ++resume
    } else {
      return false
    }
  }
  while (pattern[position] === '*') position++
  return position === pattern.length
}
