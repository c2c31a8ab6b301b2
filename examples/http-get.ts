// HTTP GET of a JSON document.

import * as http from '@net/http'
import { startHttpServer } from '@net/http/testing'

await using server = await startHttpServer()

const post = await http.get(`${server.url}/json`).json<{ id: number; title: string }>()
console.log(post.title)
