// Finds the ids that test titles claim, such as `[SSH-26] runs a command` or `[H-FTP-07][FTP-03] …`.
// Reads text only: a test that is skipped for good, or an id in a comment, claims nothing.

/** The ids in the string literals of a test file. */
export function claimedIds(source: string): readonly string[] {
  const lines = source.split('\n').filter((line) => !/^\s*(?:\/\/|\*|\/\*)/u.test(line))
  const claimed = lines
    .filter((line) => !/\b(?:test|it|describe)\.(?:skip|todo|fails)\b\s*\(/u.test(line))
    .flatMap((line) => [
      ...line.matchAll(/\[((?:H-)?[A-Z]+-\d{2,3}(?:[, ]+(?:H-)?[A-Z]+-\d{2,3})*)\]/gu),
    ])
    .flatMap((match) => (match[1] ?? '').split(/[, ]+/u))
  return [...new Set(claimed)]
}
