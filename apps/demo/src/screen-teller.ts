/*
 * The tour for people: what is about to happen, the code that does it, what went to and fro, how it ended; then a table of
 * all, and the calls of each protocol on one scale. On a terminal with colours and a line that is written over; elsewhere
 * as plain lines.
 */

import type { WireEvent } from '@net/core'

import { callsOf } from './calls.ts'
import { exampleCode } from './example-code.ts'
import type { Scenario, Stage } from './scenario.ts'
import { bytesText, cutTo, widthOf, wrapped, type Screen } from './screen.ts'
import { styleFor, type Style } from './style.ts'
import { drawTable } from './table.ts'
import type { Result, Teller } from './teller.ts'
import { drawWaterfalls, firstOfEach } from './waterfalls.ts'

/** Writes to a screen. */
export class ScreenTeller implements Teller {
  readonly #screen: Screen
  readonly #style: Style
  /** Whether a line stands there that is to be written over. */
  #isDrawn = false
  #wires = 0

  constructor(screen: Screen, style: Style = styleFor(screen)) {
    this.#screen = screen
    this.#style = style
  }

  begin({ number, title, about, file }: Scenario): Stage {
    this.#wires = 0
    const head = `${String(number).padStart(2)}  ${title}`
    this.#lines('', this.#style.title(cutTo(widthOf(this.#screen), head)))
    this.#lines(...wrapped(about, widthOf(this.#screen) - MARGIN.length).map(indented), '')
    this.#lines(...exampleCode(file).map((line) => this.#quiet(`${MARGIN}│ ${line}`)), '')
    return {
      sent: (text) => this.#lines(this.#fitted(`${MARGIN}→ ${text}`)),
      received: (text) => this.#lines(this.#fitted(`${MARGIN}← ${text}`)),
      progress: (done, total) => this.#progress(done, total),
    }
  }

  wire({ protocol, direction, text, bytes = 0 }: WireEvent): void {
    this.#wires++
    if (this.#wires > MOST_WIRES) return
    const arrow = direction === 'send' ? '>' : '<'
    this.#lines(
      this.#quiet(`${MARGIN}  ${arrow} ${protocol.padEnd(5)} ${text ?? `${bytes} bytes`}`),
    )
  }

  end({ bytes, time, error }: Result): void {
    const more = this.#wires - MOST_WIRES
    if (more > 0) this.#lines(this.#quiet(`${MARGIN}  and ${more} more lines on the wire`))
    if (error === undefined) {
      const told = `✓ ${bytesText(bytes)} in ${time.toFixed(1)} ms`
      this.#lines(`${MARGIN}${this.#style.good(told)}`)
    } else {
      this.#lines(`${MARGIN}${this.#style.bad(`failed: ${error.message}`)}`)
    }
  }

  finish(results: readonly Result[]): void {
    const width = widthOf(this.#screen)
    this.#lines('', ...drawTable(HEADER, results.map(rowOf), width))
    const groups = firstOfEach(results.map(({ events }) => callsOf(events)))
    this.#lines('', this.#style.title('Calls by protocol and phase'), '')
    this.#lines(...drawWaterfalls(groups, { width, style: this.#style }))
    const passed = results.filter(({ error }) => error === undefined).length
    const told = `${passed} of ${results.length} scenarios passed`
    const isWhole = passed === results.length
    this.#lines('', isWhole ? this.#style.good(told) : this.#style.bad(told))
  }

  /** Drawn over on a terminal; elsewhere only the end is a line. */
  #progress(done: number, total: number): void {
    if (this.#screen.isTTY === true) {
      this.#screen.write(`\r\u001b[K${MARGIN}${barOf(done, total)}`)
      this.#isDrawn = true
    }
    if (done === total) this.#lines(`${MARGIN}${barOf(done, total)}`)
  }

  #lines(...lines: readonly string[]): void {
    const clear = this.#isDrawn ? '\r\u001b[K' : ''
    this.#isDrawn = false
    if (lines.length > 0) this.#screen.write(`${clear}${lines.join('\n')}\n`)
  }

  #quiet(line: string): string {
    return this.#style.quiet(this.#fitted(line))
  }

  /** A terminal would break a longer line; a file keeps it whole. */
  #fitted(line: string): string {
    return this.#screen.isTTY === true ? cutTo(widthOf(this.#screen), line) : line
  }
}

function indented(line: string): string {
  return `${MARGIN}${line}`
}

function barOf(done: number, total: number): string {
  const full = total === 0 ? BAR : Math.floor((Math.min(done, total) / total) * BAR)
  return `${'█'.repeat(full)}${'░'.repeat(BAR - full)} ${done} of ${total}`
}

function rowOf({ scenario, bytes, time, error }: Result): string[] {
  const { number, title, transport } = scenario
  const result = error === undefined ? 'passed' : 'failed'
  return [String(number), title, transport, bytesText(bytes), `${time.toFixed(1)} ms`, result]
}

const HEADER = ['>#', 'scenario', 'transport', '>bytes', '>time', 'result']
const MARGIN = '    '
const BAR = 20
/** Lines on the wire of one scenario; some have thousands. */
const MOST_WIRES = 20
