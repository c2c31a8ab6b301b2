// Downloads more than the file system has room for, onto a file that exists, and says what has become of both.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import { isNetError } from '@net/core'
import * as http from '@net/http'

const [url = '', folder = ''] = process.argv.slice(2)
const path = join(folder, 'report')
writeFileSync(path, 'old')
for (const keepPart of [false, true]) {
  const error: unknown = await http
    .get(url)
    .saveTo(http.toFile(path, { keepPart }))
    .catch((thrown: unknown) => thrown)
  const cause = isNetError(error) && error.cause instanceof Error ? error.cause : undefined
  console.log(
    JSON.stringify({
      code: isNetError(error) && error.code,
      errno: cause && Reflect.get(cause, 'code'),
      content: readFileSync(path, 'utf8'),
      files: readdirSync(folder).toSorted(),
    }),
  )
}
