// Mirrors the first folder into the second until it is killed; says when it begins.
import { localFiles, mirror } from '@net/files'

const [from = '', to = ''] = process.argv.slice(2)
process.stdout.write('begins\n')
// A target without this system's own copy goes the way of servers: part, bytes, rename.
await mirror(localFiles(from), localFiles(to), {
  delete: 'all',
  bandwidth: 4 * 1024 * 1024,
  verify: 'size',
})
process.stdout.write('done\n')
