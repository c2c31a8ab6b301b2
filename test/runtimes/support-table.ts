// The table of SUPPORT.md: what each program does, and on which runtime. Knows nothing of how it was found out.

/** How one program went. */
export interface Outcome {
  /** As it is installed, only as one bundled file, or not at all. */
  readonly state: 'works' | 'bundled' | 'fails'
  /** Why not as it is installed. */
  readonly failure: string | undefined
}

/** One program on all runtimes. */
export interface Row {
  readonly name: string
  readonly does: string
  readonly outcomes: readonly Outcome[]
}

/** The table in Markdown. */
export function drawSupport(titles: readonly string[], rows: readonly Row[]): string {
  const lines = rows.map(({ name, does, outcomes }) => [
    `\`${name}\`: ${does}`,
    ...outcomes.map(({ state }) => state),
  ])
  return [['', ...titles], titles.map(() => '---').concat('---'), ...lines]
    .map((cells) => `| ${cells.join(' | ')} |`)
    .join('\n')
}

/** The text with that table between its two marks. Throws where they are missing. */
export function writeSupport(text: string, table: string): string {
  const [before, rest] = text.split(BEGIN)
  const after = rest?.split(END)[1]
  if (before === undefined || after === undefined) throw new Error('SUPPORT.md has lost its marks')
  return `${before}${BEGIN}\n\n${table}\n\n${END}${after}`
}

const BEGIN = '<!-- made by `pnpm test:runtimes --write` -->'
const END = '<!-- until here -->'
