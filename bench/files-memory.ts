/* One mirror in a process of its own: prints by how many bytes its memory grew, at its highest. */

import { at, localFiles, mirror } from '@net/files'

const [root = '', from = '', to = '', state] = process.argv.slice(2)
const start = process.memoryUsage.rss()
const options = state === undefined ? {} : { state: at(localFiles(root), state), delete: true }
await mirror(at(localFiles(root), from), at(localFiles(root), to), options)
console.log(process.resourceUsage().maxRSS * 1024 - start)
