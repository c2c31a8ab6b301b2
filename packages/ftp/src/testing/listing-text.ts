/* How the server writes entries: with facts (RFC 3659), and for people, as `ls -l` does. */

import type { MemoryEntry } from '@net/core/testing'

/** One entry as facts and a name. */
export function factsLine({ type, size, modified }: MemoryEntry, name: string): string {
  const kind = type === 'file' ? `type=file;size=${size}` : 'type=dir'
  return `${kind};modify=${timeText(modified)};UNIX.mode=${type === 'file' ? '0644' : '0755'}; ${name}`
}

/** One entry as a line of `ls -l`. */
export function peopleLine({ name, type, size, modified }: MemoryEntry): string {
  const date = new Date(modified)
  const month = MONTHS[date.getUTCMonth()] ?? ''
  const day = String(date.getUTCDate()).padStart(2)
  const mode = type === 'file' ? '-rw-r--r--' : 'drwxr-xr-x'
  return `${mode} 1 ftp ftp ${String(size).padStart(10)} ${month} ${day}  ${date.getUTCFullYear()} ${name}`
}

/** A time as MDTM and the facts have it. */
export function timeText(time: number): string {
  return new Date(time).toISOString().replace(/[-:T]|\..*$/g, '')
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']
