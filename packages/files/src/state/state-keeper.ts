/* Reads the state of two trees, and keeps it: now and then, and at the end, always by a part and a rename. */

import { isNetError } from '@net/core'
import { clock, type Operation } from '@net/core/authoring'

import type { PlanStep } from '../plan/plan-step.ts'
import type { TreePlace } from '../place.ts'
import type { CopiedFile } from '../run/copied-file.ts'
import { recordsOf, stateText, type StateOwner } from './state-file.ts'
import { StateRecords } from './state-records.ts'

/** The state of one run. */
export class StateKeeper {
  readonly records: StateRecords
  readonly #place: TreePlace
  readonly #owner: StateOwner
  readonly #op: Operation
  #saved = clock().now()
  #saving: Promise<void> | undefined

  private constructor(parts: KeeperParts, records: StateRecords) {
    this.#place = parts.place
    this.#owner = parts.owner
    this.#op = parts.op
    this.records = records
  }

  /** Reads what is there; what cannot be read is no state, and a warning. */
  static async open(parts: KeeperParts): Promise<StateKeeper> {
    const { op, owner, place } = parts
    try {
      const chunks: Uint8Array[] = []
      for await (const chunk of place.files.read(place.path, { signal: op.signal })) {
        chunks.push(Buffer.from(chunk))
      }
      const records = recordsOf(Buffer.concat(chunks).toString('utf8'), owner)
      if (records instanceof StateRecords) return new StateKeeper(parts, records)
      op.warn(`the state ${place.path} is not used: ${records}`)
    } catch (error) {
      op.signal.throwIfAborted()
      if (!isNetError(error) || error.code !== 'NET_NOT_FOUND') {
        op.warn(`the state ${place.path} is not used: ${String(error)}`)
      }
    }
    return new StateKeeper(parts, new StateRecords())
  }

  /** A file has its name on the target now. */
  async copied(step: PlanStep, { source, target, hasOwnTime }: CopiedFile): Promise<void> {
    const modified = hasOwnTime === true ? target.modified : (step.modified ?? target.modified)
    const { modified: _, ...shown } = target
    this.records.set(step.path, source, {
      ...shown,
      ...(modified === undefined ? {} : { modified }),
    })
    if (clock().now() - this.#saved <= EVERY) return
    // The file has its name: that its state could not be saved now is no failure of it. The last save tells.
    await this.save().catch(() => this.#op.signal.throwIfAborted())
  }

  /** A file of the target is gone. */
  removed(step: PlanStep): void {
    this.records.delete(step.path)
  }

  /** Writes what has changed. */
  async save(): Promise<void> {
    await this.#saving
    if (!this.records.isChanged) return
    this.#saving = this.#write()
    try {
      await this.#saving
    } catch (error) {
      this.records.isChanged = true
      throw error
    } finally {
      this.#saving = undefined
    }
  }

  async #write(): Promise<void> {
    const { files, path } = this.#place
    const { signal } = this.#op
    this.records.isChanged = false
    this.#saved = clock().now()
    const { rename } = await files.capabilities({ signal })
    const owner = this.#owner
    const { records } = this
    const text = async function* lines(): AsyncGenerator<Uint8Array> {
      for (const piece of stateText(owner, records)) yield Buffer.from(piece, 'utf8')
    }
    const written = rename === 'none' ? path : `${path}${STATE_PART}`
    await files.write(written, text, { signal })
    if (written !== path) await files.rename(written, path, { replace: true, signal })
  }
}

/** What a keeper is made of. */
interface KeeperParts {
  readonly place: TreePlace
  readonly owner: StateOwner
  readonly op: Operation
}

/** The end of the name of a state that is being written. */
export const STATE_PART = '.part'
/** Milliseconds between two savings. */
const EVERY = 10_000
