/* The tour for programs: one line of JSON for each scenario, and one at the end. */

import { isNetError, type WireEvent } from '@net/core'

import { callsOf } from './calls.ts'
import { exampleCode } from './example-code.ts'
import type { Stage } from './scenario.ts'
import type { Screen } from './screen.ts'
import type { Result, Teller } from './teller.ts'

/** Writes lines of JSON. */
export class JsonTeller implements Teller {
  readonly #screen: Screen
  #steps: object[] = []

  constructor(screen: Screen) {
    this.#screen = screen
  }

  begin(): Stage {
    this.#steps = []
    return {
      sent: (text) => void this.#steps.push({ sent: text }),
      received: (text) => void this.#steps.push({ received: text }),
      // The last of it is in the result.
      progress: () => {},
    }
  }

  wire({ protocol, direction, text, bytes }: WireEvent): void {
    this.#steps.push({ wire: { protocol, direction, text, bytes } })
  }

  end({ scenario, bytes, time, events, error }: Result): void {
    const { number, title, transport, about, file } = scenario
    this.#write({
      number,
      title,
      transport,
      about,
      code: exampleCode(file).join('\n'),
      result: error === undefined ? 'passed' : 'failed',
      bytes,
      time,
      ...(error === undefined ? {} : { error: errorOf(error) }),
      steps: this.#steps,
      calls: callsOf(events),
    })
  }

  finish(results: readonly Result[]): void {
    const passed = results.filter(({ error }) => error === undefined).length
    this.#write({ passed, failed: results.length - passed })
  }

  #write(value: object): void {
    this.#screen.write(`${JSON.stringify(value)}\n`)
  }
}

function errorOf(error: Error): { readonly code?: string; readonly message: string } {
  return { ...(isNetError(error) ? { code: error.code } : {}), message: error.message }
}
