/* A fingerprint as a picture, as `ssh-keygen -lv` draws it: the path of a bishop, steered by the bits of the fingerprint. */

import { createHash } from 'node:crypto'

/** Draws the key; `title` stands in the upper border. */
export function randomart(blob: Uint8Array, title: string): string {
  const field = Array.from({ length: HEIGHT }, () => Array.from({ length: WIDTH }, () => 0))
  let [x, y] = [(WIDTH - 1) / 2, (HEIGHT - 1) / 2]
  for (const byte of createHash('sha256').update(blob).digest()) {
    for (let step = 0; step < 8; step += 2) {
      x = within(x + ((byte >> step) & 1 ? 1 : -1), WIDTH)
      y = within(y + ((byte >> step) & 2 ? 1 : -1), HEIGHT)
      const row = field[y]
      if (row !== undefined) row[x] = Math.min((row[x] ?? 0) + 1, MOST)
    }
  }
  set(field, (WIDTH - 1) / 2, (HEIGHT - 1) / 2, LETTERS.length - 2)
  set(field, x, y, LETTERS.length - 1)
  const rows = field.map((row) => `|${row.map((count) => LETTERS[count]).join('')}|`)
  return [border(title), ...rows, border('SHA256')].join('\n')
}

function border(title: string): string {
  const told = `[${title}]`
  const before = '-'.repeat(Math.trunc((WIDTH - told.length) / 2))
  return `+${(before + told).padEnd(WIDTH, '-')}+`
}

function within(place: number, size: number): number {
  return Math.min(Math.max(place, 0), size - 1)
}

function set(field: readonly number[][], x: number, y: number, value: number): void {
  const row = field[y]
  if (row !== undefined) row[x] = value
}

const WIDTH = 17
const HEIGHT = 9
// From what the bishop has never visited to what he has visited most, then where he began and where he ended.
const LETTERS = ' .o+=*BOX@%&#/^SE'
const MOST = LETTERS.length - 3
