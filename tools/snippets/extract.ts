// Takes the ```ts fences out of a Markdown text and makes each a program whose lines keep their numbers.
// Knows nothing of files: main.ts reads and writes them.

/** An example of a document, as a program. */
export interface Snippet {
  /** Line of the first line of code in the document, from 1. */
  readonly line: number
  /** Whether it is run, or only type-checked (`no-run` on the fence). */
  readonly run: boolean
  /** The program, padded so that an error points at the line of the document. */
  readonly code: string
}

/** The snippets of a document. */
export function extract(markdown: string): readonly Snippet[] {
  const snippets: Snippet[] = []
  const lines = markdown.split('\n')
  for (let index = 0; index < lines.length; index++) {
    const fence = /^\s*```ts\b(?<flags>.*)$/u.exec(lines[index] ?? '')
    if (fence === null) continue
    const end = lines.findIndex((line, at) => at > index && /^\s*```\s*$/u.test(line))
    if (end < 0) throw new Error(`the fence in line ${index + 1} has no end`)
    const flags = fence.groups?.['flags'] ?? ''
    const body = lines.slice(index + 1, end)
    snippets.push({
      line: index + 2,
      run: !/\bno-run\b/u.test(flags),
      code: program(body, index + 1),
    })
    index = end
  }
  return snippets
}

function program(body: readonly string[], linesBefore: number): string {
  const code = body.map(assertion)
  // The first line is free, since a fence stands above the code.
  return [prelude, ...Array<string>(linesBefore - 1).fill(''), ...code, ''].join('\n')
}

/** `expression // => value`, with `const name =` or `console.log(…)` around it or not, also asserts. */
function assertion(line: string): string {
  const match = /^(?<code>.*\S)\s*\/\/ => (?<value>.*)$/u.exec(line)
  if (match?.groups === undefined) return line
  const code = match.groups['code'] ?? ''
  const value = match.groups['value'] ?? ''
  const constant = /^\s*const (?<name>[\w$]+)(?:: [^=]+)? = .*$/u.exec(code)
  if (constant !== null) return `${code}; $equal(${constant.groups?.['name'] ?? ''}, ${value})`
  const logged = /^\s*console\.log\((?<inner>.*)\)$/u.exec(code)
  return `$equal(${logged?.groups?.['inner'] ?? code}, ${value})`
}

/** The comparison behind `// =>`. Typed anew, since an assertion function would narrow what it compares. */
const prelude = [
  "import { deepStrictEqual } from 'node:assert'",
  'const $equal: (actual: unknown, expected: unknown) => void = deepStrictEqual',
  'export { $equal }',
].join('; ')
