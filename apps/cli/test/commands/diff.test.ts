import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import { expect, it } from 'vitest'

import { net, temporaryFolder } from '../net.ts'

it('says in what two folders differ, with exit code 1 if they do', async () => {
  using folder = temporaryFolder()
  const [one, other] = [join(folder.path, 'one'), join(folder.path, 'other')]
  for (const each of [one, other]) mkdirSync(each)
  writeFileSync(join(one, 'a'), 'x')
  expect(await net(['diff', one, one])).toMatchObject({ code: 0, out: '' })
  writeFileSync(join(other, 'b'), 'y')
  expect(await net(['diff', one, other])).toMatchObject({
    code: 1,
    out: 'a: only in the source\nb: only in the target\n',
  })
  const { events } = await net(['diff', '--json', one, other])
  expect(events[0]).toEqual({
    type: 'difference',
    path: 'a',
    kind: 'file',
    difference: 'only in the source',
    certain: true,
  })
})
