/* Runs a property on generated input for a while: 2 s by default, NET_FUZZ_SECONDS by hand. A failure prints its seed. */

import * as fc from 'fast-check'

/** Checks that the property throws for no input until the time is up. */
export async function fuzz<T>(
  inputs: fc.Arbitrary<T>,
  property: (input: T) => void,
): Promise<void> {
  await fc.assert(
    fc.asyncProperty(inputs, (input) => {
      property(input)
      return Promise.resolve()
    }),
    {
      numRuns: Number.MAX_SAFE_INTEGER,
      interruptAfterTimeLimit: seconds * 1000,
      markInterruptAsFailure: false,
    },
  )
}

const seconds = Number(process.env['NET_FUZZ_SECONDS'] ?? 2)

/** Whether somebody has time: `pnpm test:fuzz`. */
export const isLong: boolean = seconds > 2
