// `node tools/queue-thread/main.ts && pnpm format`: writes the script of the thread of @net/queue; a test fails when it is stale.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from '../workspace/packages.ts'
import { threadFile, threadScript } from './thread-text.ts'

const folder = join(root, 'packages/queue/src/file')
writeFileSync(join(folder, 'thread-text.ts'), threadFile(threadScript(folder)))
