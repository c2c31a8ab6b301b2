// `pnpm verify [step …]`: runs every check, or those named, goes on after a failure, and ends with one line of counts.
import { spawnSync } from 'node:child_process'
import { mkdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { root } from '../workspace/packages.ts'
import { countsOf, failuresOf, line, sum, type Counts, type Report } from './counts.ts'
import { chosen, type Step } from './steps.ts'

interface Outcome {
  readonly step: Step
  readonly counts: Counts
  readonly seconds: number
  readonly failures: readonly string[]
}

const results = join(root, '.results')
mkdirSync(results, { recursive: true })

const outcomes = asked().map(run)
const total = sum(outcomes.map((outcome) => outcome.counts))
// Last, where a log that was cut at its head still has them.
for (const { step, failures } of outcomes) {
  for (const failure of failures) console.log(`\nFAILED in ${step.name}: ${failure}`)
}
for (const { step, counts, seconds } of outcomes) {
  console.log(
    `${counts.failed > 0 ? 'FAILED' : 'ok    '} ${step.name.padEnd(12)} ${line(counts)} (${seconds} s)`,
  )
}
console.log(line(total))
process.exitCode = total.failed > 0 ? 1 : 0

function asked(): readonly Step[] {
  try {
    return chosen(process.argv.slice(2))
  } catch (error) {
    console.error((error as Error).message)
    return process.exit(1)
  }
}

function run(step: Step): Outcome {
  console.log(`\n== ${step.name}: ${step.command}`)
  const file = join(results, `${step.name}.json`)
  rmSync(file, { force: true })
  const env = { ...process.env, ...(step.counted === true ? { NET_RESULTS: file } : {}) }
  const started = performance.now()
  const { status } = spawnSync(step.command, {
    cwd: root,
    env,
    shell: true,
    stdio: ['ignore', 'inherit', 'inherit'],
  })
  const seconds = Math.round((performance.now() - started) / 100) / 10
  const complete = step.complete === true && process.env['CI'] !== undefined
  const found = report(step, file)
  const failures = found === undefined ? [] : failuresOf(found)
  return { step, seconds, failures, counts: countsOf(status === 0, found, complete) }
}

function report(step: Step, file: string): Report | undefined {
  if (step.counted !== true) return undefined
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Report
  } catch (error) {
    // Without a report the step counts as one: vitest did not come to its end.
    console.error(`no report of ${step.name}: ${String(error)}`)
    return undefined
  }
}
