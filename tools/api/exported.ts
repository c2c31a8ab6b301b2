// Reads the exported names out of a rolled-up declaration text, and the lines that show an engine. Pure.

/** The names that the text exports, in a list or at their declaration. */
export function exportedNames(api: string): readonly string[] {
  const lists = [...api.matchAll(/^export (?:type )?\{(?<list>[^}]*)\}/gmu)].map(
    (match) => match.groups?.['list'] ?? '',
  )
  const listed = lists
    .flatMap((list) => list.split(','))
    .map((item) =>
      item
        .trim()
        .replace(/^type /u, '')
        .replace(/^.* as /u, ''),
    )
  const declared = [...api.matchAll(declaration)].map((match) => match.groups?.['name'] ?? '')
  return [...listed, ...declared].filter((name) => name !== '')
}

/** Lines of the text in which the name of one of these engines appears. */
export function engineLines(api: string, engines: readonly string[]): readonly string[] {
  const name = new RegExp(`(?<![\\w-])(?:${engines.join('|')})(?![\\w-])`, 'iu')
  return engines.length === 0 ? [] : api.split('\n').filter((line) => name.test(line))
}

const declaration =
  /^export (?:declare )?(?:abstract )?(?:const|let|class|function|interface|type|enum) (?<name>[\w$]+)/gmu
