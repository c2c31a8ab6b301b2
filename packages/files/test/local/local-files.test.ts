import { mkdtempDisposable } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { checkRemoteFiles } from '@net/core/testing'
import { localFiles, type LocalNames } from '@net/files'
import { test } from 'vitest'

test.each<LocalNames>(['portable', 'system'])(
  'a local folder with %s names is a tree',
  async (names) => {
    await checkRemoteFiles(async () => {
      const folder = await mkdtempDisposable(join(tmpdir(), 'files-'))
      return {
        files: localFiles(folder.path, { names }),
        [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose](),
      }
    })
  },
)
