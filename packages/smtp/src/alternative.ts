/* Further forms of a message's text, such as that of AMP. */

import { netError, option, optionsObject, refuseControl } from '@net/core/authoring'

/** A form of the text of another type. */
export interface Alternative {
  /** Its media type, such as `text/x-amp-html`; `charset=utf-8` is added. */
  readonly type: string
  readonly content: string
}

const shape = option.list(
  optionsObject<Alternative>(
    { type: option.required(option.text), content: option.required(option.text) },
    { contentType: 'type', text: 'content' },
  ),
)

/** Checks the alternatives of a message. Throws `NET_BAD_OPTION` and `NET_INJECTION`. */
export function checkAlternatives(given: unknown): readonly Alternative[] {
  if (given === undefined) return NONE
  const alternatives = shape.take(given, 'alternatives')
  for (const { type } of alternatives) {
    refuseControl('the type of an alternative', type)
    if (TYPE.test(type)) continue
    throw netError('NET_BAD_OPTION', {
      message: 'the type of an alternative must be one of text, such as text/x-amp-html',
    })
  }
  return alternatives
}

const NONE: readonly Alternative[] = []
const TYPE = /^text\/[\w!#$&^.+-]{1,100}$/i
