/*
 * Compares by alternating pairs: A B, A B, … so that a machine whose speed drifts slows both. Prints medians and
 * the median of the ratios of the pairs, which is what to quote. The CPU time, of this process or of the program that a
 * contender runs, is the steadier figure.
 */

/** Something to measure. */
export interface Contender {
  readonly name: string
  /** Does its work once and resolves to how much it did, in its own unit. */
  run(): Promise<number>
  /** The CPU time in microseconds of the program that did it; without it this process did it. */
  cpu?(): number
  /** Throws unless the work was done well; not measured. */
  check?(): Promise<void> | void
}

/** Measures `ours` against each of the others, in pairs that alternate; prints one line per other. */
export async function compare(
  title: string,
  unit: string,
  ours: Contender,
  others: readonly Contender[],
): Promise<void> {
  console.log(`\n${title}`)
  await warmUp([ours, ...others], 1)
  for (const other of others) {
    const pairs: { ours: Figures; other: Figures }[] = []
    for (let pair = 0; pair < PAIRS; pair++) {
      pairs.push({ ours: await measured(ours), other: await measured(other) })
    }
    const mine = median(pairs.map((pair) => pair.ours.rate))
    const theirs = median(pairs.map((pair) => pair.other.rate))
    const ratio = median(pairs.map((pair) => pair.ours.rate / pair.other.rate))
    const cpu = median(pairs.map((pair) => pair.other.cpu / pair.ours.cpu))
    const [myCost, theirCost] = [
      median(pairs.map((pair) => pair.ours.cpu)),
      median(pairs.map((pair) => pair.other.cpu)),
    ]
    const figures = `${format(mine)} : ${format(theirs)} ${unit}`
    console.log(
      `  ${ours.name} : ${other.name}`.padEnd(44),
      figures.padEnd(36),
      `ratio ${ratio.toFixed(2)}`,
      `CPU ${cpu.toFixed(2)}`,
      `(${format(myCost)} : ${format(theirCost)} µs each)`,
    )
  }
}

/** Lets each of them do so many rounds in turn that are not measured. */
export async function warmUp(contenders: readonly Contender[], rounds: number): Promise<void> {
  for (let round = 0; round < rounds; round++)
    for (const contender of contenders) await measured(contender)
}

/** The middle of an odd number of values. */
export function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN
}

interface Figures {
  /** A second. */
  readonly rate: number
  /** Microseconds for each. */
  readonly cpu: number
}

async function measured(contender: Contender): Promise<Figures> {
  const before = process.cpuUsage()
  const started = performance.now()
  const done = await contender.run()
  const elapsed = performance.now() - started
  const { user, system } = process.cpuUsage(before)
  const cpu = contender.cpu?.() ?? user + system
  await contender.check?.()
  return { rate: (done / elapsed) * 1000, cpu: cpu / done }
}

function format(rate: number): string {
  return rate >= 100 ? Math.round(rate).toLocaleString('en') : rate.toFixed(1)
}

const PAIRS = 7
