/* Time zones: how far the clocks of a place are ahead of UTC, by the date. */

/** A zone. */
export interface TimeZone {
  /** Whether its clocks are never put forward or back. */
  readonly isFixed: boolean
  /** How many milliseconds its clocks are ahead of UTC at that time, in milliseconds since 1970. */
  aheadAt(time: number): number
}

/** The zone of an IANA name such as `Europe/Berlin`, or of an offset such as `+02:00`; undefined for anything else. */
export function timeZoneOf(text: string): TimeZone | undefined {
  const [, sign, hours = '', minutes = ''] = OFFSET.exec(text) ?? []
  if (sign !== undefined) {
    const ahead = Number(hours) * HOUR + Number(minutes) * MINUTE
    return fixedZone(sign === '-' ? -ahead : ahead)
  }
  if (/^[+-]/.test(text)) return undefined
  try {
    return new NamedZone(text)
  } catch (error) {
    if (error instanceof RangeError) return undefined
    throw error
  }
}

/** A zone that is always so many milliseconds ahead of UTC. */
export function fixedZone(ahead: number): TimeZone {
  return { isFixed: true, aheadAt: () => ahead }
}

/**
 * When the clocks of the zone show what UTC shows at `shown`; in milliseconds, as the result. Of an hour that comes twice,
 * the first one.
 */
export function timeIn(zone: TimeZone, shown: number): number {
  const earliest = shown - zone.aheadAt(shown - DAY)
  if (zone.aheadAt(earliest) === shown - earliest) return earliest
  return shown - zone.aheadAt(shown - zone.aheadAt(shown + DAY))
}

class NamedZone implements TimeZone {
  readonly isFixed = false
  readonly #format: Intl.DateTimeFormat
  /** By quarters of an hour: no clock is changed within one. */
  readonly #known = new Map<number, number>()

  /** Throws `RangeError` for a name that no zone has. */
  constructor(timeZone: string) {
    this.#format = new Intl.DateTimeFormat('en-US', { timeZone, timeZoneName: 'longOffset' })
  }

  aheadAt(time: number): number {
    const quarter = Math.floor(time / QUARTER)
    const known = this.#known.get(quarter)
    if (known !== undefined) return known
    if (this.#known.size >= MOST_KNOWN) this.#known.clear()
    const ahead = this.#ask(time)
    this.#known.set(quarter, ahead)
    return ahead
  }

  #ask(time: number): number {
    const parts = this.#format.formatToParts(time)
    const offset = parts.find(({ type }) => type === 'timeZoneName')?.value ?? ''
    const [, sign, hours = 0, minutes = 0, seconds = 0] = GMT.exec(offset) ?? []
    const ahead = Number(hours) * HOUR + Number(minutes) * MINUTE + Number(seconds) * SECOND
    return sign === '-' ? -ahead : ahead
  }
}

const SECOND = 1000
const MINUTE = 60 * SECOND
const QUARTER = 15 * MINUTE
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR
const MOST_KNOWN = 10_000
const OFFSET = /^([+-])(0\d|1[0-4]):?([0-5]\d)$/
// `GMT`, `GMT+02:00`, and seconds in the time of a place before there were zones.
const GMT = /^GMT([+-])(\d\d):(\d\d)(?::(\d\d))?$/
