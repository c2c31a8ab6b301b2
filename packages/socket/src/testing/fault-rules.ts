/*
 * The faults that a test asks a server for: one way to say which, when and how often, for all test servers. It must not
 * know how they are done.
 */

import {
  option,
  optionsDoor,
  optionsObject,
  shape,
  type OptionsDoor,
  type OptionTable,
  type Shape,
} from '@net/core/authoring'

/**
 * What becomes of a connection: `drop` closes it, `reset` resets it, `stall` leaves it open without a word more,
 * `half-close` ends our direction alone, `garbage` sends nonsense.
 */
export type FaultWord = 'drop' | 'reset' | 'stall' | 'half-close' | 'garbage'

/** One fault. */
export interface FaultRule<A> {
  /** What it happens to: the beginning of a name or line in any case, or a pattern. Default whatever comes next. */
  readonly on?: string | RegExp | undefined
  /** Happens after so many bytes. */
  readonly after?: number | undefined
  /** How often it happens; default 1. */
  readonly times?: number | undefined
  /** What happens. */
  readonly do: A
}

/** What a server can do wrong. */
export interface FaultVocabulary {
  readonly protocol: string
  /** The objects that it takes besides the words, such as `actionWith('reply', { reply: option.text })`; the first that fits counts. */
  readonly actions: readonly Shape<object>[]
  /** Words of its own. */
  readonly words?: readonly string[]
  /** Throws for a fault that could never happen. */
  readonly check?: (fault: FaultRule<unknown>) => void
}

/** The faults of a server that are still to happen. */
export class FaultRules<F extends FaultRule<unknown>> {
  readonly #vocabulary: FaultVocabulary
  readonly #door: OptionsDoor<F>
  readonly #armed: Armed<F>[] = []

  constructor(vocabulary: FaultVocabulary) {
    this.#vocabulary = vocabulary
    this.#door = doorOf(vocabulary) as unknown as OptionsDoor<F>
  }

  /** Arms a fault. Throws `NET_BAD_OPTION` for one that could never happen, or would do nothing. */
  add(given: F): void {
    const fault = this.#door(given) as F
    this.#vocabulary.check?.(fault)
    this.#armed.push({ fault, left: fault.times ?? 1, struck: false })
  }

  /** The first fault that fits, which is used up by it. */
  take(fits: (fault: F) => boolean): F | undefined {
    const found = this.#armed.find(({ fault, left }) => left > 0 && fits(fault))
    if (found === undefined) return undefined
    found.left -= 1
    found.struck = true
    return found.fault
  }

  /** The first fault for this line or name; see `isFor`. */
  at(line: string): F | undefined {
    return this.take((fault) => isFor(fault, line))
  }

  /** Reports each fault that never happened as a process warning: its test has tested something else. For the server's end. */
  end(): void {
    for (const { fault, struck } of this.#armed.splice(0)) {
      if (struck) continue
      const { protocol } = this.#vocabulary
      const on = fault.on === undefined ? '' : ` on ${String(fault.on)}`
      const what = typeof fault.do === 'string' ? fault.do : JSON.stringify(fault.do)
      process.emitWarning(`${protocol} test server: a fault never happened: ${what}${on}`, {
        code: 'NET_FAULT_UNUSED',
      })
    }
  }
}

interface Armed<F> {
  readonly fault: F
  left: number
  struck: boolean
}

/** Whether the fault is for this line or name. */
export function isFor({ on }: FaultRule<unknown>, line: string): boolean {
  if (on === undefined) return true
  if (typeof on === 'string') return line.toLowerCase().startsWith(on.toLowerCase())
  // A pattern with `g` or `y` remembers where it was.
  return new RegExp(on.source, on.flags.replaceAll(/[gy]/g, '')).test(line)
}

/** An object of options that has this one: `actionWith('delay', { delay: option.milliseconds })`. */
export function actionWith<T extends object>(
  key: keyof T & string,
  table: OptionTable<T>,
): Shape<T> {
  const taken = optionsObject<T>(table)
  return {
    may: `{ ${key} }`,
    fits: (given) => Object.hasOwn(Object(given) as object, key),
    take: (...given) => taken.take(...given),
  }
}

function doorOf({
  protocol,
  actions,
  words = [],
}: FaultVocabulary): OptionsDoor<FaultRule<unknown>> {
  const named = option.oneOf(...words, ...WORDS)
  const all: readonly Shape<unknown>[] = [...actions, DELAY, named]
  return optionsDoor<FaultRule<unknown>>(
    { protocol, call: 'fail' },
    {
      on: shape<string | RegExp>(
        'a string or a pattern',
        (value) => typeof value === 'string' || value instanceof RegExp,
      ),
      after: option.bytes,
      times: option.count,
      do: option.required(option.either(all, all.map(({ may }) => may).join(', '))),
    },
  )
}

const WORDS: readonly FaultWord[] = ['drop', 'reset', 'stall', 'half-close', 'garbage']
const DELAY = actionWith<{ readonly delay: number }>('delay', { delay: option.milliseconds })
