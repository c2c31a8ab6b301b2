/* One mirror in a process of its own: prints by how many bytes its memory grew, at its highest. */

import { at, localFiles, mirror } from '@net/files'

const [root = '', from = '', to = '', state] = process.argv.slice(2)
const start = process.memoryUsage.rss()
const kept = state === undefined ? undefined : at(localFiles(root), state)
await mirror(at(localFiles(root), from), at(localFiles(root), to), {
  ...(kept === undefined ? {} : { state: kept, delete: true }),
})
console.log(process.resourceUsage().maxRSS * 1024 - start)
