// Mirrors the first folder into the second as a user without special rights, and prints what became of it.
import { isNetError } from '@net/core'
import { localFiles, mirror, type TreeReport } from '@net/files'

const [from = '', to = ''] = process.argv.slice(2)
if (process.getuid?.() === 0) {
  // Root may read everything.
  process.setgroups?.([])
  process.setegid?.(65_534)
  process.seteuid?.(65_534)
}
try {
  console.log(JSON.stringify(await mirror(localFiles(from), localFiles(to), { delete: 'all' })))
} catch (error) {
  if (!isNetError(error)) throw error
  const { entries } = error.partial as TreeReport
  const told = entries.map(({ action, error: failure, path, why }) => ({
    path,
    why: failure?.code ?? `${action} ${why}`,
  }))
  console.log(JSON.stringify({ code: error.code, told }))
}
