// Mirrors the first folder into the second, and is killed at the given moment of the second one.
import { localFiles, mirror } from '@net/files'
import { faultyFiles } from '@net/files/testing'

const [from = '', to = '', last] = process.argv.slice(2)
// A target without this system's own copy goes the way of servers: part, bytes, rename.
const target = faultyFiles(localFiles(to), {
  at({ number }) {
    if (number === Number(last)) process.kill(process.pid, 'SIGKILL')
  },
})
await mirror(localFiles(from), target, { delete: 'all', verify: 'size' })
