/*
 * Runs a property on generated input: on 10,000 inputs of a fixed seed by default, on NET_FUZZ_INPUTS others by hand. A
 * failure prints its seed.
 */

import * as fc from 'fast-check'

const asked = process.env['NET_FUZZ_INPUTS']

/** Whether somebody has time: `pnpm test:fuzz`. */
export const isLong: boolean = asked !== undefined

/** Checks that the property throws for no input. */
export async function fuzz<T>(
  inputs: fc.Arbitrary<T>,
  property: (input: T) => Promise<void> | void,
): Promise<void> {
  await fc.assert(
    fc.asyncProperty(inputs, async (input) => {
      await property(input)
    }),
    isLong ? { numRuns: Number(asked) } : { numRuns: 10_000, seed: 20_261_130 },
  )
}
