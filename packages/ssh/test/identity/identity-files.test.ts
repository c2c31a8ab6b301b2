import { mkdtempDisposable, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { expect, test } from 'vitest'

import { fromFile } from '@net/core'

import { besideOf, shownKeys } from '../../src/identity/identity-files.ts'
import { privateKeyOf } from '../../src/identity/key-material.ts'
import { formatOpensshFile } from '../../src/identity/openssh-file.ts'
import { publicLine } from '../../src/identity/public-key.ts'
import { everyKey } from './key-samples.ts'

test('the key of a file is found without its passphrase wherever that can be', async () => {
  await using folder = await mkdtempDisposable(join(tmpdir(), 'identity-'))
  const path = join(folder.path, 'id')
  const [, node] = everyKey()
  if (node === undefined) throw new Error('no key')
  const key = privateKeyOf(node)
  const open = publicLine({ ...key, comment: '' })
  const pem = { type: 'pkcs8', format: 'pem' } as const
  const hidden = { ...pem, cipher: 'aes-256-cbc', passphrase: 'x' } as const
  const shown = async (text: string): Promise<readonly Buffer[]> => {
    await writeFile(path, text)
    return (await shownKeys(fromFile(path))).map((blob) => Buffer.from(blob))
  }
  const own = [Buffer.from(key.blob)]
  expect(await shown(open)).toEqual(own)
  expect(await shown(await formatOpensshFile(key, { passphrase: 'x', rounds: 1 }))).toEqual(own)
  expect(await shown(String(node.export(pem)))).toEqual(own)
  expect(await shown(String(node.export(hidden)))).toEqual([])
  await writeFile(`${path}.pub`, open)
  expect(await shown(String(node.export(hidden)))).toEqual(own)
  expect(await besideOf(join(folder.path, 'other'))).toBeUndefined()
})
