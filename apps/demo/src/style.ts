/* Colours, for terminals alone and never where NO_COLOR is set. What they say is in the text as well. */

import type { Screen } from './screen.ts'

/** Puts a text into the colours of a terminal, or leaves it as it is. */
export interface Style {
  title(text: string): string
  quiet(text: string): string
  good(text: string): string
  bad(text: string): string
  /** A part of a bar, by the number of its colour. */
  bar(text: string, colour: number): string
}

/** The style for a screen. */
export function styleFor({ isTTY }: Screen, env: NodeJS.ProcessEnv = process.env): Style {
  const isColoured = isTTY === true && (env['NO_COLOR'] ?? '') === '' && env['TERM'] !== 'dumb'
  const within = (from: string, to: string, text: string): string =>
    isColoured ? `\u001b[${from}m${text}\u001b[${to}m` : text
  return {
    title: (text) => within('1', '22', text),
    quiet: (text) => within('2', '22', text),
    good: (text) => within('32', '39', text),
    bad: (text) => within('31', '39', text),
    bar: (text, colour) => within(`30;48;5;${colour}`, '39;49', text),
  }
}
