/* Whether files of two trees have the same bytes: by hashes of the trees', or by reading. */

import { createHash } from 'node:crypto'

import { map } from '@net/async'
import type { RemoteCapabilities } from '@net/core'

import { pathIn, type TreePlace } from './place.ts'
import type { PlanStep } from './plan/plan-step.ts'
import { together } from './together.ts'

/** Both trees. */
export interface HashedPair {
  readonly from: TreePlace
  readonly to: TreePlace
  readonly fromCan: RemoteCapabilities
  readonly toCan: RemoteCapabilities
  readonly calls: number
  readonly signal: AbortSignal
}

/** Compares the files of the steps; those that cannot be read are left out. */
export async function hashPairs(
  steps: Iterable<PlanStep>,
  pair: HashedPair,
): Promise<ReadonlyMap<string, boolean>> {
  const { from, fromCan, signal, to, toCan } = pair
  const algorithm = fromCan.hashes.find((name) => toCan.hashes.includes(name)) ?? 'sha256'
  const same = new Map<string, boolean>()
  const compare = async (step: PlanStep): Promise<void> => {
    try {
      const source = step.from ?? pathIn(from, step.path)
      const target = pathIn(to, step.to)
      const [ours, theirs] = await together(signal, [
        (within) => hashOf(from, fromCan, { path: source, algorithm, signal: within }),
        (within) => hashOf(to, toCan, { path: target, algorithm, signal: within }),
      ])
      same.set(step.path, ours === theirs)
    } catch {
      // The copy will tell.
      signal.throwIfAborted()
    }
  }
  await map(steps, compare, { concurrency: pair.calls, signal })
  return same
}

interface Hashed {
  readonly path: string
  readonly algorithm: string
  readonly signal: AbortSignal
}

async function hashOf(
  { files }: TreePlace,
  { hashes }: RemoteCapabilities,
  { algorithm, path, signal }: Hashed,
): Promise<string> {
  if (files.hash !== undefined && hashes.includes(algorithm)) {
    return files.hash(path, algorithm, { signal })
  }
  const hash = createHash(algorithm)
  for await (const chunk of files.read(path, { signal })) hash.update(chunk)
  return hash.digest('hex')
}
