/* Scenario 10: one tree made like another; a fault in the middle, and the run that completes it. */

import { isNetError, type RemoteFiles } from '@net/core'
import { memoryFiles, mirror, type MirrorOptions, type TreeReport } from '@net/files'
import { faultyFiles } from '@net/files/testing'

import { expectSame, type Scenario, type Stage } from '../scenario.ts'

export const filesMirror: Scenario = {
  number: 10,
  title: 'Files: mirror, fail, complete it',
  transport: 'memory',
  about:
    'A site is published: new files first, index.html last, old ones removed. The connection is lost in the middle; the next run does what is left, and a third one nothing.',
  file: import.meta.url,
  async run(stage) {
    const from = memoryFiles({ contents: SITE })
    const www = memoryFiles({ contents: { 'old.html': 'gone from the source' } })
    const plan = await mirror(from, www, { ...OPTIONS, dryRun: true })
    stage.sent(`mirror: ${plan.made} to make, ${plan.removed} to remove`)
    const failed = await example(from, losing(www, 'css/site.css'), stage).catch(reportOf)
    for (const { error, path } of failed.entries) {
      if (error !== undefined) stage.received(`${path}: ${error.message}`)
    }
    const done = await example(from, www, stage)
    stage.received(`the next run made ${done.made} and kept ${done.kept}`)
    const again = await mirror(from, www, OPTIONS)
    expectSame('what a third run moves', [again.transferred, again.entries.length], [0, 0])
    return failed.transferred + done.transferred
  },
}

async function example(from: RemoteFiles, to: RemoteFiles, stage: Stage): Promise<TreeReport> {
  return mirror(from, to, {
    delete: 'all',
    last: ['index.html'],
    retry: false,
    onProgress: ({ transferred, total }) => stage.progress(transferred, total ?? transferred),
  })
}

/** The tree behind a connection that is lost in the middle of that file. */
function losing(files: ReturnType<typeof memoryFiles>, name: string): typeof files {
  return faultyFiles(files, {
    at({ call, passed, path }) {
      if (call === 'write' && passed === 0 && path.startsWith(name)) {
        throw new Error('the connection was lost')
      }
    },
  })
}

function reportOf(error: unknown): TreeReport {
  if (isNetError(error) && error.code === 'NET_PARTIAL_TRANSFER') return error.partial as TreeReport
  throw error
}

const OPTIONS: MirrorOptions = { delete: 'all', last: ['index.html'], retry: false }
const SITE = {
  'index.html': '<link rel="stylesheet" href="css/site.css">',
  'css/site.css': 'h1 { color: teal }\n'.repeat(1000),
  'img/logo.svg': '<svg xmlns="http://www.w3.org/2000/svg"/>',
}
