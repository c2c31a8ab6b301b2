/*
 * The steps of a plan, as small as they can be held: a file that is new on the target, of which there may be a hundred
 * thousand, becomes a step when its turn has come. Pure.
 */

import { FileColumns, isPlainFile, type PlainFile } from '../file-columns.ts'
import { NumberList } from '../number-list.ts'
import { folderOf, join } from '../tree-path.ts'
import type { PlanStep } from './plan-step.ts'

/** The steps of one plan, in their order. They are made anew for each who goes through them. */
export class PlanSteps implements Iterable<PlanStep> {
  readonly #items: (PlanStep | NewFiles)[] = []

  push(step: PlanStep): void {
    if (isNewFile(step)) this.#newFilesIn(step).push(step)
    else this.#items.push(step)
  }

  *[Symbol.iterator](): Generator<PlanStep, void> {
    for (const item of this.#items) {
      if (item instanceof NewFiles) yield* item
      else yield item
    }
  }

  /** The steps that pass, whenever they are gone through. */
  where(passes: (step: PlanStep) => boolean): Iterable<PlanStep> {
    return { [Symbol.iterator]: () => Iterator.from(this).filter(passes) }
  }

  #newFilesIn({ path, source }: NewFile): NewFiles {
    const last = this.#items.at(-1)
    const folder = folderOf(path)
    if (last instanceof NewFiles && last.folder === folder) return last
    const files = new NewFiles(folder, folderOf(source.path))
    this.#items.push(files)
    return files
  }
}

/** Neighbours in one folder that are all to be made. */
class NewFiles implements Iterable<PlanStep> {
  readonly folder: string
  readonly #from: string
  readonly #sources = new FileColumns()
  /** The mode and the time that each is given. */
  readonly #given = new NumberList()

  /** `from` is the path of the folder in its tree. */
  constructor(folder: string, from: string) {
    this.folder = folder
    this.#from = from
  }

  push({ mode, modified, source }: NewFile): void {
    this.#sources.push(source)
    this.#given.push(mode ?? Number.NaN, modified ?? Number.NaN)
  }

  *[Symbol.iterator](): Generator<PlanStep, void> {
    for (let index = 0; index < this.#sources.length; index++) {
      const source = this.#sources.at(index, this.#from)
      const path = join(this.folder, source.name)
      yield {
        path,
        to: path,
        type: 'file',
        action: 'make',
        why: 'missing',
        source,
        mode: known(this.#given.at(index * 2)),
        modified: known(this.#given.at(index * 2 + 1)),
      }
    }
  }
}

function known(value: number): number | undefined {
  return Number.isNaN(value) ? undefined : value
}

interface NewFile extends PlanStep {
  readonly source: PlainFile
}

function isNewFile(step: PlanStep): step is NewFile {
  const { action, beside, from, instead, part, path, source, to, type } = step
  if (action !== 'make' || type !== 'file' || to !== path) return false
  const isPlain = from === undefined && part === undefined && instead === undefined
  return isPlain && beside === undefined && source !== undefined && isPlainFile(source)
}
