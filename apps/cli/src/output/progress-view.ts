/*
 * Progress on stderr: one line that is written over on a terminal, and one that stays for each file that is done; whole lines,
 * far apart, where `--progress` asks for them elsewhere; else nothing.
 */

import type { Progress } from '@net/core'

import type { Screen } from '../io.ts'
import { harmless } from './harmless.ts'
import type { Output } from './output.ts'
import { bytesText, timeText } from './units.ts'

/** What is shown, and where. */
export interface ProgressViewOptions {
  readonly label: string
  /** Whole lines where stderr is no terminal. */
  readonly lines?: boolean | undefined
}

/** The progress of one transfer, or of several together. */
export class ProgressView {
  readonly #screen: Screen
  readonly #output: Output
  readonly #label: string
  readonly #way: 'drawn' | 'lines' | 'events' | 'none'
  #last: Progress | undefined
  #told = 0
  #isDrawn = false

  constructor(screen: Screen, output: Output, { label, lines = false }: ProgressViewOptions) {
    this.#screen = screen
    this.#output = output
    this.#label = label
    this.#way = wayOf(screen, output, lines)
    if (this.#way === 'drawn') output.clearLine = () => this.clear()
  }

  readonly onProgress = (progress: Progress): void => {
    this.#last = progress
    if (this.#way === 'drawn') this.#draw(progress)
    else if (this.#way !== 'none' && progress.elapsed - this.#told >= EVERY) this.#tell(progress)
  }

  /** A line that stays: a file is done. */
  line(text: string): void {
    if (this.#way === 'events' || this.#output.silent) return
    this.clear()
    this.#screen.write(`${harmless(text)}\n`)
    if (this.#way === 'drawn' && this.#last !== undefined) this.#draw(this.#last)
  }

  /** Takes the line away that is written over. */
  clear(): void {
    if (this.#isDrawn) this.#screen.write('\r\u001b[K')
    this.#isDrawn = false
  }

  /** The end, also of a failure: the last line is whole, and stays. */
  done(): void {
    this.clear()
    this.#output.clearLine = () => {}
    if (this.#last !== undefined && this.#way !== 'none') this.#tell(this.#last)
    this.#last = undefined
  }

  #draw(progress: Progress): void {
    const columns = this.#screen.columns ?? 0
    const width = (columns > 0 ? columns : 80) - 1
    this.#screen.write(`\r\u001b[K${fitted(this.#label, progress, width)}`)
    this.#isDrawn = true
  }

  #tell(progress: Progress): void {
    this.#told = progress.elapsed
    if (this.#way === 'events') {
      const { transferred, total } = progress
      const event = { type: 'progress', transferred, ...(total === undefined ? {} : { total }) }
      void this.#output.event(event).catch(() => {
        // The next result meets the same failure of stdout.
      })
    } else this.#screen.write(`${harmless(this.#label)}: ${numbersOf(progress)}\n`)
  }
}

function wayOf(
  screen: Screen,
  { json, silent }: Output,
  lines: boolean,
): 'drawn' | 'lines' | 'events' | 'none' {
  if (json) return lines ? 'events' : 'none'
  if (silent) return 'none'
  if (screen.isTTY === true) return 'drawn'
  return lines ? 'lines' : 'none'
}

/** The label, a bar, and the numbers: as much of it as there is room for, the numbers first. */
function fitted(label: string, progress: Progress, width: number): string {
  const numbers = numbersOf(progress)
  if (numbers.length >= width) return numbers.slice(0, width)
  const room = width - numbers.length - 1
  const { transferred, total } = progress
  const hasBar = total !== undefined && total > 0 && room >= BAR + 8
  const shown = cut(harmless(label), hasBar ? room - BAR - 1 : room)
  return hasBar ? `${shown} ${bar(transferred / total)} ${numbers}` : `${shown} ${numbers}`
}

function numbersOf({ transferred, total, rate, eta }: Progress): string {
  const size =
    total === undefined
      ? bytesText(transferred)
      : `${bytesText(transferred)} of ${bytesText(total)}`
  const left = eta === undefined || eta < 1000 ? '' : `, ${timeText(eta)} left`
  return `${size}, ${bytesText(Math.round(rate))}/s${left}`
}

function cut(text: string, width: number): string {
  if (text.length <= width) return text
  return width < 2 ? text.slice(0, Math.max(width, 0)) : `…${text.slice(1 - width)}`
}

function bar(share: number): string {
  const full = Math.round(Math.min(share, 1) * BAR)
  return `${'█'.repeat(full)}${'░'.repeat(BAR - full)}`
}

const BAR = 20
// Milliseconds between two lines of a log.
const EVERY = 10_000
