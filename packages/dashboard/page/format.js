/* Numbers as people read them. */

/**
 * A length of time: `0.4 ms`, `12 ms`, `1.25 s`, `3 min 5 s`.
 * @param {number} milliseconds
 */
export function duration(milliseconds) {
  if (milliseconds === 0) return '0 ms'
  if (milliseconds < 10) return `${milliseconds.toFixed(milliseconds < 1 ? 2 : 1)} ms`
  if (milliseconds < 1000) return `${Math.round(milliseconds)} ms`
  if (milliseconds < 60_000) return `${(milliseconds / 1000).toFixed(2)} s`
  const seconds = Math.round(milliseconds / 1000)
  return `${Math.floor(seconds / 60)} min ${seconds % 60} s`
}

/**
 * A number of bytes: `512 B`, `1.5 KiB`.
 * @param {number} size
 */
export function bytes(size) {
  if (size < 1024) return `${size} B`
  const units = ['KiB', 'MiB', 'GiB', 'TiB']
  let at = -1
  let left = size
  do {
    left /= 1024
    at++
  } while (left >= 1024 && at < units.length - 1)
  return `${left.toFixed(left < 10 ? 1 : 0)} ${units[at]}`
}

/**
 * A count: `512`, `100,000`.
 * @param {number} number
 */
export function count(number) {
  return number.toLocaleString('en')
}

/**
 * The time of day with milliseconds.
 * @param {number} date in milliseconds since 1970
 */
export function timeOfDay(date) {
  const at = new Date(date)
  const two = (/** @type {number} */ number) => String(number).padStart(2, '0')
  const clock = `${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}`
  return `${clock}.${String(at.getMilliseconds()).padStart(3, '0')}`
}

/**
 * A step for the lines of a scale: 1, 2 or 5 times a power of ten, so that about `wanted` steps fill it.
 * @param {number} length
 * @param {number} wanted
 */
export function stepOf(length, wanted) {
  const rough = Math.max(length, 1e-6) / wanted
  const power = 10 ** Math.floor(Math.log10(rough))
  const factor = [1, 2, 5, 10].find((each) => each * power >= rough) ?? 10
  return factor * power
}
