/* The site: its pages are the documents of the repository, and it asks nothing of other hosts. */

import { join } from 'node:path'

import { assemble } from '../tools/site/pages.ts'
import { sidebar } from '../tools/site/sidebar.ts'

const folder = join(import.meta.dirname, 'dist/pages')

export default {
  root: folder,
  outDir: 'dist/site',
  title: 'net',
  icon: '/icon.svg',
  description: 'Network programming for TypeScript',
  themeConfig: {
    nav: [
      { text: 'Start', link: '/start' },
      { text: 'Guide', link: '/guide/http' },
      { text: 'Errors', link: '/errors' },
      { text: 'Peers', link: '/peers' },
      { text: 'Benchmarks', link: '/bench' },
    ],
    sidebar: { '/': sidebar(assemble(folder)) },
  },
}
