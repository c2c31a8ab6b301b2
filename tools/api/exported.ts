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

/** Lines of the text in which an engine's name appears. */
export function engineLines(api: string): readonly string[] {
  return api.split('\n').filter((line) => /\b(?:undici|basic-ftp|nodemailer|ssh2)\b/iu.test(line))
}

const declaration =
  /^export (?:declare )?(?:abstract )?(?:const|let|class|function|interface|type|enum) (?<name>[\w$]+)/gmu
