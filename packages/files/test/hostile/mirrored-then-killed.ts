// Mirrors the first folder into the second, and is killed at the given moment of the second one, or so many milliseconds
// after its beginning: between any two calls of the system then.
import { Worker } from 'node:worker_threads'

import { localFiles, mirror } from '@net/files'
import { faultyFiles } from '@net/files/testing'

const [from = '', to = '', last, unit] = process.argv.slice(2)
const options = { delete: 'all', verify: 'size' } as const
if (unit === 'ms') {
  const wait = 'Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, Number(workerData))'
  const kill = `const { workerData } = require('node:worker_threads'); ${wait}; process.kill(process.pid, 'SIGKILL')`
  await new Promise((resolve) =>
    new Worker(kill, { eval: true, workerData: last, execArgv: [] }).once('online', resolve),
  )
  await mirror(localFiles(from), localFiles(to), options)
  process.exit(0)
}
// A target without this system's own copy goes the way of servers: part, bytes, rename.
const target = faultyFiles(localFiles(to), {
  at({ number }) {
    if (number === Number(last)) process.kill(process.pid, 'SIGKILL')
  },
})
await mirror(localFiles(from), target, options)
