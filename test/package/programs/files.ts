// Mirrors a tree in memory.
import { memoryFiles, mirror } from '@net/files'

async function main(signal?: AbortSignal): Promise<void> {
  const to = memoryFiles()
  const from = memoryFiles({ contents: { 'in/a': 'text', 'in/b.log': '' } })
  const { made } = await mirror(from, to, { exclude: ['*.log'], signal })
  console.log(made === 2 ? 'done' : made)
}

void main()
