// Counts which capabilities and hostile cases the tests prove. Knows nothing of files.

/** A capability or a hostile case, with what it is in words. */
export interface Row {
  readonly id: string
  readonly text: string
  /** MUST, SHOULD, RARE, or HOSTILE. */
  readonly weight: string
}

/** What the page is made of. */
export interface Evidence {
  readonly rows: readonly Row[]
  /** id → the test files that prove it. */
  readonly proved: ReadonlyMap<string, readonly string[]>
  /** id → why it is not offered. */
  readonly leftOut: Readonly<Record<string, string>>
  /** The packages and the rest, in their order. */
  readonly order: readonly string[]
}

/** Ids that are claimed or left out but exist nowhere, or both at once. */
export function mistakes({ rows, proved, leftOut }: Evidence): readonly string[] {
  const known = new Set(rows.map((row) => row.id))
  const unknown = [...proved.keys(), ...Object.keys(leftOut)].filter((id) => !known.has(id))
  const both = Object.keys(leftOut).filter((id) => proved.has(id))
  return [
    ...unknown.map((id) => `${id} is no id of capabilities.json or hostile.json`),
    ...both.map((id) => `${id} is left out and yet proved by a test`),
  ]
}

/** One line per package: what is proved of MUST, SHOULD, RARE and hostile. */
export function summary(evidence: Evidence): string {
  const cells = packagesOf(evidence).map((name) => [
    name,
    ...weights.map((weight) =>
      count(evidence, (row) => areaOf(row) === name && row.weight === weight),
    ),
  ])
  const total = weights.map((weight) => count(evidence, (row) => row.weight === weight))
  return table(['package', ...weights], [...cells, ['**total**', ...total]])
}

/** The rows of one package with their ids, and what proves each. */
export function details(evidence: Evidence, area: string): string {
  const rows = evidence.rows.filter((row) => areaOf(row) === area)
  return table(
    ['id', 'weight', 'what', 'proved by'],
    rows.map((row) => [row.id, row.weight, row.text, status(row, evidence)]),
  )
}

function status(row: Row, { proved, leftOut }: Evidence): string {
  const files = proved.get(row.id)
  if (files !== undefined) return files.map((file) => `\`${file}\``).join(', ')
  const reason = leftOut[row.id]
  return reason === undefined ? '–' : `left out: ${reason}`
}

function count({ rows, proved, leftOut }: Evidence, of: (row: Row) => boolean): string {
  const wanted = rows.filter((row) => of(row) && !Object.hasOwn(leftOut, row.id))
  return `${wanted.filter((row) => proved.has(row.id)).length} / ${wanted.length}`
}

/** The packages of the rows, in order. */
export function packagesOf({ rows, order }: Evidence): string[] {
  const place = (name: string): number => order.indexOf(name) >>> 0
  return [...new Set(rows.map(areaOf))].toSorted((a, b) => place(a) - place(b))
}

/** The package that a row is about. */
export function areaOf(row: Row): string {
  const area = row.id.replace(/^H-|-\d+$/gu, '').toLowerCase()
  return { sock: 'socket', app: 'demo' }[area] ?? area
}

function table(head: readonly string[], lines: readonly (readonly string[])[]): string {
  const rule = head.map(() => '---')
  return [head, rule, ...lines].map((cells) => `| ${cells.join(' | ')} |`).join('\n')
}

const weights = ['MUST', 'SHOULD', 'RARE', 'HOSTILE']
