/* One line as IIS, and other servers on Windows and OS/2, write it. The date has no time zone, and is read only where that of the server is known. */

import type { ListedDates } from './listed-dates.ts'
import type { ListedFile } from './listed-file.ts'

/** What the line says; undefined if it is not of this format. */
export function readDosLine(line: string, dates?: ListedDates): ListedFile | undefined {
  const { kind, size, name, date } = WINDOWS.exec(line)?.groups ?? OS2.exec(line)?.groups ?? {}
  if (name === undefined) return undefined
  if (kind === 'SYMLINK' || kind === 'SYMLINKD' || kind === 'JUNCTION') return linkOf(name)
  const time = dates?.read(date)
  if (kind !== undefined) return { name, type: 'folder', ...time }
  return { name, type: 'file', size: Number((size ?? '').replaceAll(/[,.\u00A0]/g, '')), ...time }
}

/** `name [target]`. */
function linkOf(text: string): ListedFile {
  const [, name = text, target] = /^(.+?) \[(.*)\]$/.exec(text) ?? []
  return { name, type: 'link', ...(target === undefined ? {} : { target }) }
}

const WINDOWS =
  /^(?<date>\d{2,4}[-/.]\d\d[-/.]\d{2,4}\s{1,4}\d{1,2}:\d\d(?::\d\d)?\s?(?:[AP]M?)?)\s{1,30}(?:<(?<kind>DIR|JUNCTION|SYMLINKD?)>\s{1,20}|(?<size>\d[\d,.\u00A0]{0,24})\s)(?<name>[^]+)$/i
const OS2 =
  /^\s{1,20}(?<size>\d{1,15})\s{1,20}(?:(?<kind>DIR)|[RHSA]{0,4})\s{1,20}\d\d-\d\d-\d\d\s{1,6}\d\d:\d\d\s{1,4}(?<name>\S[^]*)$/
