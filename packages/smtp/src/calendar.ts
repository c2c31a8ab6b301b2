/* An invitation as part of a message, in the form for which readers offer to accept it (RFC 6047). */

import { netError, option, optionsObject, type Shape, type Taken } from '@net/core/authoring'

/** An invitation, its change or its answer. */
export interface Calendar {
  /** The calendar as text (RFC 5545), from BEGIN:VCALENDAR on. */
  readonly content: string
  /** What it is for, such as `REQUEST`, `CANCEL` or `REPLY`. Default the METHOD of the calendar, and nothing else than that. */
  readonly method?: string | undefined
  /** Whether it goes along as a file too, `invite.ics`. Default false: some readers would show it twice. */
  readonly attach?: boolean | undefined
}

/** An invitation that was checked. */
export interface CheckedCalendar {
  readonly content: string
  readonly method: string
}

/** What `calendar` may be. */
export const calendarShape: Shape<Taken<Calendar>> = optionsObject<Calendar>({
  content: option.required(option.text),
  method: option.text,
  attach: option.flag,
})

/** Checks an invitation. Throws `NET_BAD_OPTION` for what readers would not take for one. */
export function checkCalendar({ content, method }: Taken<Calendar>): CheckedCalendar {
  const text = content.replace(/^\uFEFF/, '')
  if (!/^BEGIN:VCALENDAR\s/i.test(text)) {
    throw bad('calendar.content must begin with BEGIN:VCALENDAR')
  }
  const named = /^METHOD:([\w-]+)[ \t]*\r?$/im.exec(text)?.[1]?.toUpperCase()
  if (named === undefined) throw bad('calendar.content must have a METHOD, such as METHOD:REQUEST')
  if (method !== undefined && method.toUpperCase() !== named) {
    throw bad(`calendar.method must be the METHOD of its content, ${named}`)
  }
  return { content: text, method: named }
}

function bad(message: string): Error {
  return netError('NET_BAD_OPTION', { message })
}
