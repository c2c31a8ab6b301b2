/* How the server writes entries: with facts (RFC 3659), and for people, as `ls -l` does. */

import type { MemoryEntry } from '@net/core/testing'

/** One entry as facts and a name; `only` are the facts that the client wants, default all. */
export function factsLine(entry: MemoryEntry, name: string, only?: readonly string[]): string {
  const { type, size, modified } = entry
  const facts = [
    ['type', type === 'file' ? 'file' : 'dir'],
    ...(type === 'file' ? [['size', String(size)]] : []),
    ['modify', timeText(modified)],
    ['UNIX.mode', modeOf(entry).toString(8).padStart(4, '0')],
  ]
  const wanted = facts.filter(
    ([fact = '']) => only === undefined || only.includes(fact.toLowerCase()),
  )
  return `${wanted.map(([fact, value]) => `${fact}=${value};`).join('')} ${name}`
}

/** One entry as a line of `ls -l`. */
export function peopleLine(entry: MemoryEntry): string {
  const { name, type, size, modified } = entry
  const date = new Date(modified)
  const month = MONTHS[date.getUTCMonth()] ?? ''
  const day = String(date.getUTCDate()).padStart(2)
  const letters = Array.from('rwxrwxrwx', (letter, at) =>
    (modeOf(entry) & (0o400 >> at)) === 0 ? '-' : letter,
  ).join('')
  return `${type === 'file' ? '-' : 'd'}${letters} 1 ftp ftp ${String(size).padStart(10)} ${month} ${day}  ${date.getUTCFullYear()} ${name}`
}

/** One entry as IIS writes it. */
export function dosLine({ name, type, size, modified }: MemoryEntry): string {
  const date = new Date(modified)
  const two = (number: number): string => String(number).padStart(2, '0')
  const day = `${two(date.getUTCMonth() + 1)}-${two(date.getUTCDate())}-${two(date.getUTCFullYear() % 100)}`
  const hour = date.getUTCHours()
  const time = `${two(hour % 12 === 0 ? 12 : hour % 12)}:${two(date.getUTCMinutes())}${hour < 12 ? 'AM' : 'PM'}`
  return `${day}  ${time} ${type === 'file' ? String(size).padStart(20) : '      <DIR>         '} ${name}`
}

function modeOf({ type, mode }: MemoryEntry): number {
  return mode ?? (type === 'file' ? 0o644 : 0o755)
}

/** A time as MDTM and the facts have it. */
export function timeText(time: number): string {
  return new Date(time).toISOString().replace(/[-:T]|\..*$/g, '')
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']
