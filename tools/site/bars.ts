/*
 * Bars, drawn as SVG: a scale, a bar and its figure for each row, and what came of it. Rows of ours, whose names begin
 * with `@net/`, have a colour of their own, which the legend names.
 */

/** What is drawn. */
export interface Bars {
  /** What the figures are, with their unit. */
  readonly title: string
  readonly rows: readonly Bar[]
  /** Whether the figures are ratios: bars begin at 1, on a scale of powers of ten. */
  readonly ratios?: boolean
}

export interface Bar {
  readonly name: string
  readonly value: number
  readonly note: string
}

/** The room of a bar at most, and behind it that of its figure. */
const ROOM = 250
const FIGURES = 220
const ROW = 26
const TOP = 46
const INK = '#1f2328'

/** Where the bars stand and begin, how a figure becomes a place, and which figures the scale shows. */
interface Scale {
  readonly left: number
  readonly start: number
  readonly ticks: readonly number[]
  x(value: number): number
}

/** Draws them. */
export function drawBars({ title, rows, ratios = false }: Bars): string {
  const values = rows.map(({ value }) => value)
  const left = 20 + 7 * Math.max(...rows.map(({ name }) => name.length))
  const scale = ratios ? powers(left, values) : linear(left, Math.max(...values))
  const foot = TOP + rows.length * ROW
  const ticks = scale.ticks.map((value) => {
    const x = scale.x(value)
    const line = `<path d="M${x} ${TOP - 6}V${foot}" stroke="${value === 1 && ratios ? INK : '#d8dee4'}"/>`
    return line + words(x, foot + 16, String(Number(value.toPrecision(3))), 'text-anchor="middle"')
  })
  const bars = rows.map((row, index) => drawn(row, TOP + index * ROW, scale))
  const height = foot + 46
  const width = left + ROOM + FIGURES
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="system-ui, sans-serif" font-size="13" role="img">
<title>${escaped(title)}</title>
<rect width="${width}" height="${height}" rx="8" fill="#ffffff"/>
${words(12, 24, title, 'font-weight="bold"')}
${[...ticks, ...bars, ratios ? '' : legend(left, foot + 26)].join('\n')}
</svg>
`
}

function drawn({ name, value, note }: Bar, y: number, scale: Scale): string {
  const [from = 0, to = 0] = [scale.x(scale.start), scale.x(value)].toSorted((a, b) => a - b)
  const figure = note === '' ? String(value) : `${value} · ${note}`
  return (
    words(scale.left - 8, y + 14, name, 'text-anchor="end"') +
    `<rect x="${from}" y="${y}" width="${Math.max(1, to - from)}" height="18" fill="${fill(name)}"/>` +
    words(to + 6, y + 14, figure)
  )
}

function legend(x: number, y: number): string {
  return (
    `<rect x="${x}" y="${y}" width="12" height="12" fill="${fill('@net/')}"/>` +
    words(x + 18, y + 10, 'net') +
    `<rect x="${x + 60}" y="${y}" width="12" height="12" fill="${fill('')}"/>` +
    words(x + 78, y + 10, 'others')
  )
}

function fill(name: string): string {
  return name.startsWith('@net/') ? '#0969da' : '#afb8c1'
}

function words(x: number, y: number, text: string, attributes = ''): string {
  return `<text x="${x}" y="${y}" fill="${INK}" ${attributes}>${escaped(text)}</text>`
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;')
}

/** From zero to one, two or five times a power of ten. */
function linear(left: number, most: number): Scale {
  const power = 10 ** Math.floor(Math.log10(most))
  const end = ([1, 2, 5, 10].find((step) => step * power >= most) ?? 10) * power
  const ticks = [0, 1, 2, 3, 4].map((part) => (part * end) / 4)
  return { left, start: 0, ticks, x: (value) => left + (value / end) * ROOM }
}

/** From a tenth, or less, to the power of ten above the most. */
function powers(left: number, values: readonly number[]): Scale {
  const first = Math.min(-1, Math.floor(Math.log10(Math.min(...values))))
  const last = Math.max(1, Math.ceil(Math.log10(Math.max(...values))))
  const ticks = Array.from({ length: last - first + 1 }, (_, index) => 10 ** (first + index))
  const x = (value: number): number => left + ((Math.log10(value) - first) / (last - first)) * ROOM
  return { left, start: 1, ticks, x }
}
