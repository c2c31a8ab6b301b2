/*
 * The calls of the tour as bars of letters, one group for each protocol, all on one scale: a phase that is twice as long is
 * twice as wide, whatever its protocol.
 */

import type { Call, PhaseSpan } from './calls.ts'
import { PHASES, REST, type PhaseLook } from './phases.ts'
import { cutTo } from './screen.ts'
import type { Style } from './style.ts'

/** What one protocol was called for, one call after the other. */
export interface ProtocolCalls {
  readonly protocol: string
  readonly calls: readonly Call[]
}

/** The calls of each protocol in the first group that has some, and of many the longest ones. */
export function firstOfEach(groups: readonly (readonly Call[])[]): ProtocolCalls[] {
  const found = new Map<string, readonly Call[]>()
  for (const calls of groups) {
    for (const [protocol, own] of Map.groupBy(calls, (call) => call.protocol)) {
      const longest = own.toSorted((a, b) => b.duration - a.duration).slice(0, MOST)
      if (!found.has(protocol))
        found.set(
          protocol,
          own.filter((call) => longest.includes(call)),
        )
    }
  }
  return [...found].map(([protocol, calls]) => ({ protocol, calls }))
}

/** The legend, the scale, and the groups, in lines of at most that many columns. */
export function drawWaterfalls(
  groups: readonly ProtocolCalls[],
  { width, style }: { readonly width: number; readonly style: Style },
): string[] {
  const longest = Math.max(0, ...groups.map(({ calls }) => lengthOf(calls)))
  const bars = width - LABEL - TIME
  // A whole number of tenths for a column: a scale that can be read.
  const step = Math.max(0.1, Math.ceil((longest / bars) * 10) / 10)
  const used = new Set(
    groups.flatMap(({ calls }) => calls.flatMap(({ phases }) => phases.map(({ phase }) => phase))),
  )
  return [
    ...legend(used, width, style),
    `one column is ${step.toFixed(1)} ms, for all of them`,
    ...groups.flatMap((group) => ['', ...drawGroup(group, { step, bars, style })]),
  ]
}

interface Scale {
  /** Milliseconds of a column. */
  readonly step: number
  /** Columns. */
  readonly bars: number
  readonly style: Style
}

function drawGroup({ protocol, calls }: ProtocolCalls, scale: Scale): string[] {
  const origin = startOf(calls)
  return [
    scale.style.title(protocol),
    ...calls.map((call) => {
      const label = cutTo(LABEL - 3, `${call.operation} ${call.target}`.trimEnd())
      const time = `${call.duration.toFixed(1)} ms`.padStart(TIME)
      const mark = call.outcome === 'ok' ? time : scale.style.bad(time)
      return `  ${label.padEnd(LABEL - 2)}${drawBar(call, origin, scale)}${mark}`
    }),
  ]
}

function drawBar(call: Call, origin: number, { step, bars, style }: Scale): string {
  const from = Math.min(Math.floor((call.start - origin) / step), bars - 1)
  const length = Math.max(1, Math.min(Math.round(call.duration / step), bars - from))
  const looks = Array.from({ length }, (_, at) =>
    lookAt(call, call.start + ((at + 0.5) / length) * call.duration),
  )
  const drawn = runsOf(looks).map(({ look, count }) =>
    style.bar(look.letter.repeat(count), look.terminal),
  )
  return `${' '.repeat(from)}${drawn.join('')}${' '.repeat(Math.max(0, bars - from - length))}`
}

/** What the call did at that time: the innermost phase, which is the shortest one. */
function lookAt({ phases }: Call, time: number): PhaseLook {
  const [inner] = phases
    .filter((phase) => PHASES.has(phase.phase) && phase.start <= time && time < endOf(phase))
    .toSorted((a, b) => a.duration - b.duration)
  return (inner === undefined ? undefined : PHASES.get(inner.phase)) ?? REST
}

function runsOf(
  looks: readonly PhaseLook[],
): { readonly look: PhaseLook; readonly count: number }[] {
  const runs: { look: PhaseLook; count: number }[] = []
  for (const look of looks) {
    const last = runs.at(-1)
    if (last?.look === look) last.count++
    else runs.push({ look, count: 1 })
  }
  return runs
}

function legend(used: ReadonlySet<string>, width: number, style: Style): string[] {
  const looks = [...PHASES].filter(([phase]) => used.has(phase)).map(([, look]) => look)
  const lines: string[] = []
  let line = ''
  let columns = 0
  for (const { letter, name, terminal } of [...looks, REST]) {
    const size = name.length + 5
    if (columns + size > width && line !== '') {
      lines.push(line.trimEnd())
      line = ''
      columns = 0
    }
    line += `${style.bar(letter, terminal)} ${name}   `
    columns += size
  }
  return [...lines, line.trimEnd()]
}

function lengthOf(calls: readonly Call[]): number {
  return Math.max(0, ...calls.map((call) => endOf(call))) - startOf(calls)
}

function startOf(calls: readonly Call[]): number {
  return Math.min(...calls.map(({ start }) => start))
}

function endOf({ start, duration }: Call | PhaseSpan): number {
  return start + duration
}

/** Columns of names, and of times. */
const LABEL = 26
const TIME = 11
/** Calls of a protocol. */
const MOST = 4
