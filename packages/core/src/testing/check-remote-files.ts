/*
 * What every tree of files must do, for authors of implementations: a plain function on node:assert that needs no test
 * runner. What the tree's `capabilities` promise is held against what it does.
 */

import assert from 'node:assert/strict'

import { isError } from '../errors/is-error.ts'
import { byteCases } from './remote-files-bytes.ts'
import { endCases } from './remote-files-ends.ts'
import type { RemoteFilesCases, RemoteFilesUnderTest } from './remote-files-case.ts'
import { nameCases } from './remote-files-names.ts'

/** Which cases are run. */
export interface CheckRemoteFilesOptions {
  /** One case alone, by its name. */
  readonly only?: string | undefined
}

/** Runs every case, each on a fresh tree; rejects with the first AssertionError, whose message names the case. */
export async function checkRemoteFiles(
  make: () => Promise<RemoteFilesUnderTest>,
  options: CheckRemoteFilesOptions = {},
): Promise<void> {
  const { only } = options
  const chosen = Object.entries(cases).filter(([name]) => only === undefined || name === only)
  assert.ok(chosen.length > 0, `there is no case "${only}"`)
  for (const [name, check] of chosen) {
    await using made = await make()
    try {
      await check({ ...made, can: await made.files.capabilities() })
    } catch (error) {
      const message = `${name}: ${isError(error) ? error.message : String(error)}`
      throw new assert.AssertionError({ message, actual: error })
    }
  }
}

const cases: RemoteFilesCases = { ...byteCases, ...nameCases, ...endCases }
