/* Scenario 10: one tree made like another; a fault in the middle, and the run that completes it. */

import { isNetError } from '@net/core'
import { memoryFiles, mirror, type TreeReport } from '@net/files'
import { faultyFiles } from '@net/files/testing'

import { expectSame, type Scenario } from '../scenario.ts'

export const filesMirror: Scenario = {
  number: 10,
  title: 'Files: mirror a tree, fail, and complete it',
  transport: 'memory',
  async run(stage) {
    const from = memoryFiles({ contents: SITE })
    const www = memoryFiles({ contents: { 'old.html': 'gone from the source' } })
    const options = { delete: 'all', last: ['index.html'], retry: false } as const

    const plan = await mirror(from, www, { ...options, dryRun: true })
    stage.sent(`mirror: ${plan.made} to make, ${plan.removed} to remove`)
    const failed = await mirror(from, losing(www, 'css/site.css'), options).catch(reportOf)
    for (const { error, path } of failed.entries) {
      if (error !== undefined) stage.received(`${path}: ${error.message}`)
    }
    const done = await mirror(from, www, {
      ...options,
      onProgress: ({ transferred, total }) => stage.progress(transferred, total ?? transferred),
    })
    stage.received(`the next run made ${done.made} and kept ${done.kept}`)
    const again = await mirror(from, www, options)
    expectSame('what a third run moves', [again.transferred, again.entries.length], [0, 0])
    return failed.transferred + done.transferred
  },
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

const SITE = {
  'index.html': '<link rel="stylesheet" href="css/site.css">',
  'css/site.css': 'h1 { color: teal }\n'.repeat(1000),
  'img/logo.svg': '<svg xmlns="http://www.w3.org/2000/svg"/>',
}
