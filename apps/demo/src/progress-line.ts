/*
 * Progress on a terminal: one line that is written over. Elsewhere nothing is drawn but the end, so that logs stay
 * readable.
 */

import type { Progress } from '@net/core'

/** A stream that may be a terminal. */
export interface Screen {
  readonly isTTY?: boolean
  readonly columns?: number
  write(text: string | Uint8Array): unknown
}

/** Returns an `onProgress` callback that draws on the screen, and what to call when the transfer is over. */
export function progressLine(
  screen: Screen,
  label: string,
): { onProgress(progress: Progress): void; done(): void } {
  let last: Progress | undefined
  return {
    onProgress(progress) {
      last = progress
      if (screen.isTTY === true) screen.write(`\r\u001b[K${describe(label, progress)}`)
    },
    done() {
      if (screen.isTTY === true) screen.write('\r\u001b[K')
      if (last !== undefined) screen.write(`${describe(label, last)}\n`)
    },
  }
}

/** Bytes as people read them, in powers of 1,024. */
export function bytesText(bytes: number): string {
  if (bytes < 1024) return `${bytes} B`
  const power = Math.min(Math.floor(Math.log2(bytes) / 10), UNITS.length)
  return `${(bytes / 1024 ** power).toFixed(1)} ${UNITS[power - 1]}`
}

function describe(label: string, { transferred, total, rate, eta }: Progress): string {
  const size =
    total === undefined
      ? bytesText(transferred)
      : `${bytesText(transferred)} of ${bytesText(total)}`
  const share = total === undefined || total === 0 ? '' : ` ${bar(transferred / total)}`
  const left = eta === undefined || eta < 1000 ? '' : `, ${Math.ceil(eta / 1000)} s left`
  return `  ${label}${share} ${size}, ${bytesText(Math.round(rate))}/s${left}`
}

function bar(share: number): string {
  const full = Math.round(Math.min(share, 1) * BAR)
  return `${'█'.repeat(full)}${'░'.repeat(BAR - full)}`
}

const BAR = 24
const UNITS = ['KiB', 'MiB', 'GiB', 'TiB']
