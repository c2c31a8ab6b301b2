import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'

import { expect, onTestFinished, test } from 'vitest'

import { prepareFile } from '../../src/file/file-schema.ts'
import { at, job, openFile, request } from './open-file.ts'

test('a file of a newer version is refused and left as it is', () => {
  const db = new DatabaseSync(':memory:')
  prepareFile(db, 'NORMAL', 'boot')
  db.exec('PRAGMA user_version = 2')
  expect(() => prepareFile(db, 'NORMAL', 'boot')).toThrow('NEWER: the file is of version 2')
  expect(db.isTransaction).toBe(false)
})

test('the database of another program is refused and left as it is', () => {
  const folder = mkdtempSync(join(tmpdir(), 'queue-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const db = new DatabaseSync(join(folder, 'theirs.db'))
  db.exec('CREATE TABLE letters (text TEXT)')
  expect(() => prepareFile(db, 'NORMAL', 'boot')).toThrow('the database of another program')
  expect(db.prepare('SELECT name FROM sqlite_master').all()).toMatchObject([{ name: 'letters' }])
  expect(db.prepare('PRAGMA journal_mode').get()).toEqual({ journal_mode: 'delete' })
  db.close()
})

test('with the machine its workers are gone, and their jobs come back at once', () => {
  const { db, jobs } = openFile()
  at(jobs, 0, () => jobs.add([job('a')]))
  at(jobs, 5_000_000, () => jobs.claim(request))
  prepareFile(db, 'NORMAL', 'boot')
  expect(at(jobs, 10, () => jobs.claim(request)).jobs).toEqual([])
  prepareFile(db, 'NORMAL', 'another boot')
  expect(at(jobs, 10, () => jobs.claim(request)).jobs).toMatchObject([{ id: 'a', starts: 2 }])
})

test('a boot that is known by its time alone stays the same at the edge of its ten minutes', () => {
  const { db, jobs } = openFile('2966110')
  at(jobs, 0, () => jobs.add([job('a')]))
  at(jobs, 5_000_000, () => jobs.claim(request))
  for (const boot of ['2966111', '2966110', '2966109']) prepareFile(db, 'NORMAL', boot)
  expect(at(jobs, 10, () => jobs.claim(request)).jobs).toEqual([])
  prepareFile(db, 'NORMAL', '2966112')
  expect(at(jobs, 10, () => jobs.claim(request)).jobs).toMatchObject([{ id: 'a', starts: 2 }])
})
