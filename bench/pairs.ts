/*
 * Compares by alternating pairs: A B, A B, … so that a machine whose speed drifts slows both. Prints medians and
 * the median of the ratios of the pairs, which is what to quote.
 */

/** Something to measure: does its work once and returns how much it did, in its own unit. */
export interface Contender {
  readonly name: string
  run(): Promise<number>
}

/** Measures `ours` against each of the others, in pairs that alternate; prints one line per other. */
export async function compare(
  title: string,
  unit: string,
  ours: Contender,
  others: readonly Contender[],
): Promise<void> {
  console.log(`\n${title}`)
  for (const contender of [ours, ...others]) await contender.run()
  for (const other of others) {
    const rates: { ours: number; other: number }[] = []
    for (let pair = 0; pair < PAIRS; pair++) {
      rates.push({ ours: await rateOf(ours), other: await rateOf(other) })
    }
    const mine = median(rates.map((rate) => rate.ours))
    const theirs = median(rates.map((rate) => rate.other))
    const ratio = median(rates.map((rate) => rate.ours / rate.other))
    const figures = `${format(mine)} : ${format(theirs)} ${unit}`
    console.log(
      `  ${ours.name} : ${other.name}`.padEnd(44),
      figures.padEnd(36),
      `ratio ${ratio.toFixed(2)}`,
    )
  }
}

/** The middle of an odd number of values. */
export function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN
}

async function rateOf(contender: Contender): Promise<number> {
  const started = performance.now()
  const done = await contender.run()
  return (done / (performance.now() - started)) * 1000
}

function format(rate: number): string {
  return rate >= 100 ? Math.round(rate).toLocaleString('en') : rate.toFixed(1)
}

const PAIRS = 7
