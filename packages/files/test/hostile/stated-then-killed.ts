// Mirrors the first folder into the second with a state, and is killed when so many entries are settled.
import { at, localFiles, mirror } from '@net/files'

const [from = '', to = '', own = '', last] = process.argv.slice(2)
let settled = 0
await mirror(localFiles(from), localFiles(to), {
  state: at(localFiles(own), 'state'),
  onEntry({ action }) {
    if (action === 'make' && ++settled === Number(last)) process.kill(process.pid, 'SIGKILL')
  },
})
