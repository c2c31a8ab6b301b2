/* Numbers as people read them. */

/** Bytes in powers of 1,024: `1.5 MiB`. */
export function bytesText(bytes: number): string {
  if (bytes < 1024) return `${bytes} B`
  const power = Math.min(Math.floor(Math.log2(bytes) / 10), UNITS.length)
  return `${(bytes / 1024 ** power).toFixed(1)} ${UNITS[power - 1]}`
}

/** Milliseconds as `12 ms`, `3.4 s` or `5 min`. */
export function timeText(milliseconds: number): string {
  if (milliseconds < 1000) return `${Math.round(milliseconds)} ms`
  if (milliseconds < 60_000) return `${(milliseconds / 1000).toFixed(1)} s`
  return `${Math.round(milliseconds / 60_000)} min`
}

/** A time as `2026-11-30 04:05`, in UTC; blank if it is unknown. */
export function dateText(milliseconds: number | undefined): string {
  if (milliseconds === undefined) return ''
  const date = new Date(milliseconds)
  return Number.isNaN(date.getTime()) ? '' : date.toISOString().slice(0, 16).replace('T', ' ')
}

const UNITS = ['KiB', 'MiB', 'GiB', 'TiB']
