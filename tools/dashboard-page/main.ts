// `node tools/dashboard-page/main.ts && pnpm format`: writes the page of @net/dashboard as a module; a test fails when it is stale.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from '../workspace/packages.ts'
import { pageModule, pageTexts } from './page-text.ts'

const dashboard = join(root, 'packages/dashboard')
writeFileSync(
  join(dashboard, 'src/web/page-text.ts'),
  pageModule(pageTexts(join(dashboard, 'page'))),
)
