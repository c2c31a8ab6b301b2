/* Copies a file or a folder, and puts it where `cp` would. */

import { isNetError, type RemoteEntry } from '@net/core'
import { inCall, netError, operation, type Operation } from '@net/core/authoring'

import type { TreeReport } from './entry-report.ts'
import { refuseOverlap } from './overlap.ts'
import { pathIn, placeOf, type Place, type TreePlace } from './place.ts'
import { PROTOCOL } from './tree-call.ts'
import { TreeCopy, type TreeCopyRun } from './tree-copy.ts'
import { nameOf } from './tree-path.ts'
import { doors, type CopyOptions } from './tree-options.ts'

/**
 * Copies a file, or with `recursive` a folder: into the target if that is a folder, else under its name. A target that ends
 * in `/` must be a folder: `NET_NOT_FOUND`. A file that is there is replaced if it differs; nothing is removed. Otherwise as
 * `mirror`: planned first, under a part's name until it is whole, and `NET_PARTIAL_TRANSFER` behind the rest. A transfer.
 * Rejects with `NET_NOT_FOUND` if there is no source, and with `NET_BAD_OPTION` for a target within the source.
 */
export async function copy(from: Place, to: Place, options?: CopyOptions): Promise<TreeReport> {
  const [source, target, taken] = inCall({ protocol: PROTOCOL, call: 'copy' }, () => [
    placeOf('the source', from),
    placeOf('the target', to),
    doors.copy(options),
  ])
  const { recursive = false, ...rest } = taken
  const { onProgress, signal, timeout } = taken
  const verb = {
    protocol: PROTOCOL,
    operation: 'copy',
    target: source.path,
    kind: 'transfer',
  } as const
  return operation(verb, { onProgress, signal, timeout }, async (op) => {
    const landed = await new Landing(source, target, op).find(recursive)
    return new TreeCopy({ ...landed, options: rest }, op).run()
  })
}

/** Where a copy goes: two folders, or two files. */
type Landed = Omit<TreeCopyRun, 'options'>

class Landing {
  readonly #source: TreePlace
  readonly #target: TreePlace
  readonly #op: Operation

  constructor(source: TreePlace, target: TreePlace, op: Operation) {
    this.#source = source
    this.#target = target
    this.#op = op
  }

  async find(recursive: boolean): Promise<Landed> {
    const { files, path } = this.#source
    const { type } = await files.stat(path, { signal: this.#op.signal })
    const there = await this.#there()
    if (this.#target.mustBeFolder && there?.type !== 'folder') throw noFolder(this.#target)
    if (type === 'file') return this.#file(there)
    if (type !== 'folder') throw netError('NET_BAD_OPTION', { message: `${path} is a ${type}` })
    if (!recursive) {
      throw netError('NET_BAD_OPTION', {
        message: `${path === '' ? 'the source' : path} is a folder; pass { recursive: true } to copy it`,
      })
    }
    return this.#folder(there)
  }

  #file(there: RemoteEntry | undefined): Landed {
    const { path } = this.#source
    const as = there?.type === 'folder' ? pathIn(this.#target, nameOf(path)) : this.#target.path
    refuseOverlap(this.#source, { ...this.#target, path: as }, false)
    return { source: this.#source, target: { ...this.#target, path: as }, isFile: true }
  }

  #folder(there: RemoteEntry | undefined): Landed {
    const name = nameOf(this.#source.path)
    const into = there?.type === 'folder' && name !== ''
    const target = into ? { ...this.#target, path: pathIn(this.#target, name) } : this.#target
    refuseOverlap(this.#source, target, false)
    return { source: this.#source, target, isFile: false }
  }

  async #there(): Promise<RemoteEntry | undefined> {
    const { files, path } = this.#target
    try {
      return await files.stat(path, { signal: this.#op.signal, follow: true })
    } catch (error) {
      if (isNetError(error) && error.code === 'NET_NOT_FOUND') return undefined
      throw error
    }
  }
}

function noFolder({ path }: TreePlace): Error {
  return netError('NET_NOT_FOUND', {
    message: `there is no folder ${path === '' ? 'to copy into' : path}`,
  })
}
