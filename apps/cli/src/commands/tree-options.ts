/* The options of copies and mirrors as `@net/files` takes them, and what is printed while one runs. */

import { join } from 'node:path'

import { isNetError, type NetError } from '@net/core'
import type { CopyOptions, EntryReport, TreeReport } from '@net/files'

import { wholePathOf, type Address } from '../address.ts'
import type { Call } from '../call.ts'
import { clientDefaults } from '../connect-options.ts'
import { exitCodeOf, exitCodeOfAll } from '../exit-code.ts'
import { errorEvent, messageOf } from '../output/error-page.ts'
import { ProgressView } from '../output/progress-view.ts'
import { bytesText } from '../output/units.ts'

/** What all verbs of trees take. */
export function treeOptions({
  options,
  signal,
}: Call): Pick<
  CopyOptions,
  'signal' | 'exclude' | 'include' | 'compare' | 'symlinks' | 'modes' | 'concurrency'
> {
  const { exclude, only: include, compare, links: symlinks, modes, concurrency } = options
  return { signal, exclude, include, compare, symlinks, modes, concurrency }
}

/** What copies and mirrors take besides. */
export function moveOptions(call: Call): Omit<CopyOptions, 'recursive'> {
  const { dryRun, newer, verify, bandwidth } = call.options
  return { ...treeOptions(call), ...clientDefaults(call), dryRun, newer, verify, bandwidth }
}

/** How many connections an FTP server gets for a whole tree; the fifth is too many for some. */
export const TREE_CONNECTIONS = 4

/** A verb of trees. */
export interface TreeRun {
  readonly verb: string
  readonly label: string
  /** Where copies go; a dry run tells their whole paths. */
  readonly target?: Address | undefined
}

/** Runs a verb of trees with its progress, tells every entry and the sum; resolves to the exit code. */
export async function toldTree(
  call: Call,
  { verb, label, target }: TreeRun,
  run: (options: Pick<CopyOptions, 'onProgress' | 'onEntry'>) => Promise<TreeReport>,
): Promise<number> {
  const { io, output, options } = call
  const view = new ProgressView(io.stderr, output, { label, lines: options.progress === true })
  const printing: Promise<void>[] = []
  const planned: EntryReport[] = []
  const noted = new Set<NetError>()
  const tellNote = ({ path, note }: EntryReport): void => {
    // A target that refuses it for all would be told as often as there are files.
    if (note === undefined || noted.has(note)) return
    noted.add(note)
    output.complain(`net ${verb}: ${path} is copied, but for its mode or time: ${messageOf(note)}`)
  }
  const onEntry = (entry: EntryReport): void => {
    const isFolder = entry.type === 'folder'
    if (!output.json) tellNote(entry)
    if (output.json) printing.push(output.event(entryEvent(entry)).catch(() => {}))
    else if (entry.error !== undefined) output.complain(`net ${verb}: ${lineOf(entry)}`)
    else if (options.dryRun === true && target !== undefined) planned.push(entry)
    else if (options.dryRun === true) printing.push(output.bytes(`${output.name(lineOf(entry))}\n`))
    else if (output.isTerminal && !isFolder && entry.action !== 'keep') view.line(lineOf(entry))
  }
  try {
    const report = await run({ onProgress: view.onProgress, onEntry })
    await Promise.all(printing)
    view.done()
    for (const entry of planned) {
      const path = target === undefined ? '' : wholePath(target, report, entry)
      await output.bytes(`${output.name(stepOf(entry, path))}\n`)
    }
    await tellSum(call, report)
    return 0
  } catch (error) {
    await Promise.allSettled(printing)
    const report = reportOf(error)
    if (report === undefined || call.signal.aborted) throw error
    view.done()
    await tellSum(call, report)
    const codes = report.entries.flatMap((entry) =>
      entry.error === undefined ? [] : [exitCodeOf(entry.error)],
    )
    return report.made + report.replaced + report.removed > 0 ? 1 : exitCodeOfAll(codes)
  } finally {
    view.done()
  }
}

/** The object of `--json`. */
function entryEvent(entry: EntryReport): { readonly type: string } {
  const { path, type, action, why, to, size, transferred, certain, note, error } = entry
  const event = {
    type: 'entry',
    path,
    kind: type,
    action,
    why,
    to,
    size,
    transferred,
    certain,
    note: note === undefined ? undefined : errorEvent(note),
    error: error === undefined ? undefined : errorEvent(error),
  }
  return event
}

function lineOf(entry: EntryReport): string {
  const { path, to, error } = entry
  if (error !== undefined) return `${path}: ${messageOf(error)}`
  return stepOf(entry, `${path === '' ? '.' : path}${to === undefined ? '' : ` as ${to}`}`)
}

function stepOf({ action, why, size }: EntryReport, shown: string): string {
  return `${action} ${shown}${size === undefined ? '' : ` ${bytesText(size)}`} (${why})`
}

/** The whole path that the entry has on the target: here, or as a URL. */
function wholePath(target: Address, { target: into }: TreeReport, entry: EntryReport): string {
  return wholePathOf(target, join(into, entry.to ?? entry.path))
}

async function tellSum({ output }: Call, report: TreeReport): Promise<void> {
  const { made, replaced, adjusted, removed, kept, skipped, failed, transferred, dryRun } = report
  const counts = { made, replaced, adjusted, removed, kept, skipped, failed }
  await output.event({ type: 'report', ...counts, transferred, dryRun })
  const told = Object.entries(counts).filter(([, count]) => count > 0)
  const text = told.map(([name, count]) => `${count} ${name}`).join(', ')
  output.note(`${text === '' ? 'nothing to do' : text}, ${bytesText(transferred)} moved`)
}

function reportOf(error: unknown): TreeReport | undefined {
  if (!isNetError(error) || error.code !== 'NET_PARTIAL_TRANSFER') return undefined
  const { partial } = error
  const isReport = typeof partial === 'object' && partial !== null && 'entries' in partial
  return isReport ? (partial as TreeReport) : undefined
}
