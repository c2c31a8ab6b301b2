import { netError } from '@net/core/authoring'
import { expect, test } from 'vitest'

import { planTree } from '../../src/plan/plan.ts'
import { partName } from '../../src/plan/part-name.ts'
import { fileOf, folderOf, inFolder, linkOf, rulesWith, told } from './planning.ts'

const lost = netError('NET_CONN_RESET', { message: 'the connection was reset' })

test('what is missing is made, what differs is replaced, what is the same is kept', () => {
  const source = folderOf([
    fileOf('new'),
    fileOf('same'),
    fileOf('size', { size: 2 }),
    inFolder('in', [fileOf('deep')]),
  ])
  const target = folderOf([fileOf('same'), fileOf('size'), fileOf('extra')])
  expect(told(planTree(source, target, rulesWith()))).toEqual([
    'new make missing',
    'same keep same',
    'size replace size',
    'in make missing',
    'in/deep make missing',
    'extra keep not in the source',
  ])
})

test('what is not in the source is removed with delete, deepest first', () => {
  const target = folderOf([inFolder('old', [fileOf('a'), inFolder('deep', [fileOf('b')])])])
  expect(told(planTree(folderOf([]), target, rulesWith({ deletes: true })))).toEqual([
    'old/a remove not in the source',
    'old/deep/b remove not in the source',
    'old/deep remove not in the source',
    'old remove not in the source',
  ])
})

test('[H-FTP-16] names that are one on the target are refused, and neither replaces the other or what is there', () => {
  const source = folderOf([
    fileOf('Name', { size: 7 }),
    fileOf('name'),
    fileOf('cafe\u0301'),
    fileOf('caf\u00e9'),
  ])
  const target = folderOf([fileOf('NAME')])
  const rules = rulesWith({ deletes: true, to: { letterCase: 'ignored', unicodeForm: 'NFD' } })
  expect(told(planTree(source, target, rules))).toEqual([
    'Name refuse NET_BAD_NAME',
    'name refuse NET_BAD_NAME',
    'cafe\u0301 refuse NET_BAD_NAME',
    'caf\u00e9 refuse NET_BAD_NAME',
  ])
})

test('forbidden characters and long names are refused, with all that is in such a folder', () => {
  const source = folderOf([inFolder('a:b', [fileOf('x')]), fileOf('n'.repeat(256)), fileOf('fine')])
  expect(told(planTree(source, undefined, rulesWith({ to: { forbidden: ':' } })))).toEqual([
    'a:b refuse NET_BAD_NAME',
    `${'n'.repeat(256)} refuse NET_BAD_NAME`,
    'fine make missing',
  ])
})

test('a name in other letters or another Unicode form is the same file where the target ignores that', () => {
  const source = folderOf([
    fileOf('FOO.txt', { size: 2 }),
    inFolder('Docs', [fileOf('a')]),
    fileOf('caf\u00e9'),
  ])
  const target = folderOf([
    fileOf('foo.txt'),
    inFolder('docs', [fileOf('a')]),
    fileOf('cafe\u0301'),
  ])
  const steps = [
    ...planTree(
      source,
      target,
      rulesWith({ deletes: true, to: { letterCase: 'ignored', unicodeForm: 'NFD' } }),
    ),
  ]
  expect(told(steps)).toEqual([
    'FOO.txt replace size',
    'Docs keep same',
    'Docs/a keep same',
    'caf\u00e9 keep same',
  ])
  expect(steps.map(({ to }) => to)).toEqual(['foo.txt', 'docs', 'docs/a', 'cafe\u0301'])
})

test('a listing that failed or was cut short never deletes anything', () => {
  const source = folderOf([inFolder('in', [fileOf('came')], { failure: lost })])
  const target = folderOf([
    inFolder('in', [fileOf('came'), fileOf('did not come'), inFolder('nor', [])]),
    fileOf('gone'),
  ])
  expect(told(planTree(source, target, rulesWith({ deletes: true })))).toEqual([
    'in keep same',
    'in refuse NET_CONN_RESET',
    'in/came keep same',
    'in/did not come keep not listed',
    'in/nor keep not listed',
    'gone remove not in the source',
  ])
})

test('a folder of the target that could not be listed is not touched', () => {
  const source = folderOf([inFolder('in', [fileOf('a')])])
  const target = folderOf([
    inFolder('in', [], { failure: lost }),
    inFolder('old', [fileOf('b')], { failure: lost }),
  ])
  expect(told(planTree(source, target, rulesWith({ deletes: true })))).toEqual([
    'in keep same',
    'in refuse NET_CONN_RESET',
    'old/b remove not in the source',
    'old keep NET_CONN_RESET',
  ])
})

test('what is excluded keeps its place, and the folders that hold it', () => {
  const source = folderOf([fileOf('kept')], { hidden: ['secret'] })
  const target = folderOf([
    inFolder('data', [fileOf('old')], { hidden: ['x'] }),
    inFolder('secret', [fileOf('a')]),
    fileOf('gone'),
  ])
  expect(told(planTree(source, target, rulesWith({ deletes: true })))).toEqual([
    'kept make missing',
    'data/old remove not in the source',
    'data keep holds excluded',
    'gone remove not in the source',
  ])
})

test('nothing is made over what is excluded on the target', () => {
  const target = folderOf([], { hidden: ['x'] })
  expect(told(planTree(folderOf([fileOf('x')]), target, rulesWith()))).toEqual([
    'x refuse NET_EXISTS',
  ])
})

test('another type is NET_EXISTS without delete, and one step with it', () => {
  const source = folderOf([fileOf('a'), inFolder('b', [fileOf('x')])])
  const target = folderOf([inFolder('a', [fileOf('y')]), fileOf('b')])
  expect(told(planTree(source, target, rulesWith()))).toEqual([
    'a refuse NET_EXISTS',
    'b refuse NET_EXISTS',
  ])
  const steps = [...planTree(source, target, rulesWith({ deletes: true }))]
  expect(told(steps)).toEqual(['a replace type', 'b replace type', 'b/x make missing'])
  expect(told(steps[0]?.instead ?? [])).toEqual([
    'a/y remove not in the source',
    'a remove not in the source',
  ])
  const { beside = '' } = steps[1] ?? {}
  expect(beside).toMatch(/^b\.net-.*\.part$/)
  expect(steps[2]?.to).toBe(`${beside}/x`)
})

test('a folder that holds something excluded is never replaced', () => {
  const target = folderOf([inFolder('a', [], { hidden: ['x'] })])
  expect(told(planTree(folderOf([fileOf('a')]), target, rulesWith({ deletes: true })))).toEqual([
    'a refuse NET_EXISTS',
  ])
})

test('links are left out, or made anew unless they lead out of the tree', () => {
  const source = folderOf([
    linkOf('in', 'file'),
    linkOf('out', '../../etc/passwd'),
    linkOf('abs', '/etc/passwd'),
    linkOf('old', 'new'),
  ])
  const target = folderOf([linkOf('old', 'other')])
  expect(told(planTree(source, target, rulesWith({ deletes: true })))).toEqual([
    'in skip link',
    'out skip link',
    'abs skip link',
    'old skip link',
  ])
  expect(told(planTree(source, target, rulesWith({ symlinks: 'keep' })))).toEqual([
    'in make missing',
    'out refuse NET_BAD_NAME',
    'abs refuse NET_BAD_NAME',
    'old replace link target',
  ])
  const without = rulesWith({ symlinks: 'keep', to: { links: false } })
  expect(told(planTree(folderOf([linkOf('in', 'file')]), undefined, without))).toEqual([
    'in refuse NET_UNSUPPORTED',
  ])
})

test('what is neither file nor folder is left out', () => {
  const pipe = { entry: { name: 'pipe', path: 'pipe', type: 'other', raw: 'pipe' } } as const
  expect(told(planTree(folderOf([pipe]), undefined, rulesWith()))).toEqual(['pipe skip not a file'])
})

test('the part of this version is gone on with, and one of another version goes', () => {
  const file = fileOf('big', { size: 100 })
  const part = fileOf(partName('big', file.entry, 255), { size: 40 })
  const old = fileOf(partName('big', { ...file.entry, size: 99 }, 255), { size: 50 })
  const steps = [...planTree(folderOf([file]), folderOf([part, old]), rulesWith())]
  expect(told(steps)).toEqual(['big make missing', `${old.entry.name} remove part of a copy`])
  expect(steps[0]?.part?.size).toBe(40)
})

test('a part in the source is left out, and one on the target that has no owner stays', () => {
  const part = fileOf(partName('x', fileOf('x').entry, 255))
  expect(told(planTree(folderOf([part]), folderOf([]), rulesWith()))).toEqual([
    `${part.entry.name} skip part of a copy`,
  ])
  expect(told(planTree(folderOf([]), folderOf([part]), rulesWith()))).toEqual([
    `${part.entry.name} keep not in the source`,
  ])
})

test('with modes a difference of mode alone is one step', () => {
  const source = folderOf([
    fileOf('run.sh', { mode: 0o755 }),
    { ...inFolder('in', []), entry: { name: 'in', path: 'in', type: 'folder', mode: 0o700 } },
  ])
  const target = folderOf([
    fileOf('run.sh', { mode: 0o644 }),
    { ...inFolder('in', []), entry: { name: 'in', path: 'in', type: 'folder', mode: 0o755 } },
  ])
  const steps = [...planTree(source, target, rulesWith({ modes: true }))]
  expect(told(steps)).toEqual(['run.sh adjust mode', 'in adjust mode'])
  expect(steps.map(({ mode }) => mode)).toEqual([0o755, 0o700])
  expect(told(planTree(source, target, rulesWith()))).toEqual(['run.sh keep same', 'in keep same'])
})

test('files of one hash and another time are only given the time', () => {
  const source = folderOf([fileOf('a', { modified: 5000 })])
  const steps = [
    ...planTree(
      source,
      folderOf([fileOf('a')]),
      rulesWith({ compare: 'hash', sameHash: () => true }),
    ),
  ]
  expect(told(steps)).toEqual(['a adjust time'])
  expect(steps[0]?.modified).toBe(5000)
})

test('what the target hides under a name that is the same there is not replaced', () => {
  const target = folderOf([], { hidden: ['README', 'caf\u00e9'] })
  const source = folderOf([fileOf('readme'), fileOf('cafe\u0301')])
  const rules = rulesWith({ to: { letterCase: 'ignored', unicodeForm: 'ignored' } })
  expect(told(planTree(source, target, rules))).toEqual([
    'readme refuse NET_EXISTS',
    'cafe\u0301 refuse NET_EXISTS',
  ])
})

test('a part is found by the name that the target has for the file', () => {
  const entry = fileOf('readme', { size: 2 })
  const name = partName('README', entry.entry, 255)
  const stale = partName('README', { ...entry.entry, size: 7 }, 255)
  const target = folderOf([fileOf('README'), fileOf(name), fileOf(stale)])
  const steps = [
    ...planTree(folderOf([entry]), target, rulesWith({ to: { letterCase: 'ignored' } })),
  ]
  expect(told(steps)).toEqual(['readme replace size', `${stale} remove part of a copy`])
  expect(steps[0]?.part?.name).toBe(name)
})

test('a folder of any size is removed', () => {
  const files = Array.from({ length: 200_000 }, (_, index) => fileOf(`${index}`))
  const target = folderOf([inFolder('old', files)])
  const steps = [...planTree(folderOf([]), target, rulesWith({ deletes: true }))]
  expect([steps.length, steps.at(-1)?.path]).toEqual([200_001, 'old'])
})
