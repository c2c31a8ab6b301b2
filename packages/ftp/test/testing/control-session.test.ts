import { expect, test } from 'vitest'

import { MemoryFiles } from '@net/core/testing'

import { ControlSession } from '../../src/testing/control-session.ts'
import type { Reaction } from '../../src/testing/reaction.ts'
import type { SessionConfig } from '../../src/testing/session-config.ts'

function session(config: Partial<SessionConfig> = {}): ControlSession {
  const files = new MemoryFiles({ '/in/a': '0123456789' })
  return new ControlSession(
    { files, encoding: 'utf8', tls: true, users: { joe: 'pw' }, ...config },
    false,
  )
}

function loggedIn(config?: Partial<SessionConfig>): ControlSession {
  const there = session(config)
  there.handle('USER joe')
  expect(text(there.handle('PASS pw'))).toBe('230 Logged in.')
  return there
}

const text = (step: Reaction): string => ('text' in step ? step.text : step.kind)
const sent = (step: Reaction): string =>
  step.kind === 'send' ? Buffer.from(step.bytes).toString() : text(step)

test('accepts the right password', () => {
  const there = session()
  expect(text(there.handle('PWD'))).toMatch(/^530/)
  there.handle('USER joe')
  expect(text(there.handle('PASS wrong'))).toMatch(/^530/)
  expect(text(there.handle('PWD'))).toMatch(/^530/)
  there.handle('USER constructor')
  expect(text(there.handle('PASS pw'))).toMatch(/^530/)
  const open = new ControlSession({ files: new MemoryFiles(), encoding: 'utf8', tls: false }, false)
  open.handle('USER anonymous')
  expect(text(open.handle('PASS me@'))).toMatch(/^230/)
})

test('verbs are known in any case, and what is not known is reported', () => {
  const there = loggedIn({ without: ['EPSV'] })
  expect(text(there.handle('noop'))).toMatch(/^200/)
  for (const line of ['XYZZY', '', 'EPSV', 'constructor', '__proto__']) {
    expect(text(there.handle(line))).toMatch(/^502/)
  }
  expect(text(there.handle('FEAT'))).not.toContain('EPSV')
  expect(text(there.handle('FEAT'))).toContain('AUTH TLS')
  expect(text(there.handle('SYST'))).toMatch(/^215/)
  expect(there.handle('QUIT')).toMatchObject({ close: true })
})

test.each([
  ['TYPE I', 200],
  ['TYPE X', 504],
  ['MODE S', 200],
  ['MODE B', 504],
  ['STRU F', 200],
  ['STRU R', 504],
  ['OPTS UTF8 ON', 200],
  ['OPTS X', 501],
  ['REST 5', 350],
  ['REST x', 501],
  ['RNTO x', 503],
  ['PBSZ 0', 503],
  ['PROT P', 503],
  ['AUTH KERBEROS', 504],
  ['EPSV ALL', 200],
  ['SIZE in', 550],
  ['SIZE nowhere', 550],
  ['MLSD in/a', 501],
  ['CWD in/a', 550],
  ['RETR in', 550],
  ['STOR in', 553],
  ['STOR no/such', 553],
  ['DELE in', 550],
  ['RMD in/a', 550],
  ['RMD in', 550],
  ['MKD in', 550],
])('%s is answered with %i', (line, status) => {
  expect(Number(text(loggedIn().handle(line)).slice(0, 3))).toBe(status)
})

test('folders', () => {
  const there = loggedIn()
  expect(text(there.handle('CWD in'))).toMatch(/^250/)
  expect(text(there.handle('PWD'))).toContain('"/in"')
  expect(text(there.handle('CWD ../../..'))).toMatch(/^250/)
  expect(text(there.handle('PWD'))).toContain('"/"')
  there.handle('MKD a"b')
  there.handle('CWD a"b')
  expect(text(there.handle('PWD'))).toContain('"/a""b"')
  expect(text(there.handle('CDUP'))).toMatch(/^250/)
  expect(text(there.handle('RMD a"b'))).toMatch(/^250/)
})

test('reads, writes, renames and removes files', () => {
  const there = loggedIn()
  expect(sent(there.handle('RETR in/a'))).toBe('0123456789')
  there.handle('REST 4')
  expect(sent(there.handle('RETR in/a'))).toBe('456789')
  expect(sent(there.handle('RETR in/a'))).toBe('0123456789')
  there.handle('REST 8')
  const store = there.handle('STOR in/a')
  expect(store.kind === 'receive' && store.store(Buffer.from('xyz'))).toMatch(/^226/)
  expect(text(there.handle('SIZE in/a'))).toBe('213 11')
  expect(text(there.handle('MDTM in/a'))).toMatch(/^213 \d{14}$/)
  expect(text(there.handle('RNFR in/a'))).toMatch(/^350/)
  expect(text(there.handle('RNTO in/b'))).toMatch(/^250/)
  expect(text(there.handle('DELE in/b'))).toMatch(/^250/)
  expect(sent(there.handle('LIST'))).toMatch(/^drwx.* in\r\n$/)
  expect(sent(there.handle('LIST -la in'))).toBe('')
})

test('lists for machines', () => {
  const there = loggedIn()
  expect(sent(there.handle('MLSD in'))).toMatch(/^type=file;size=10;.* a\r\n$/)
  expect(sent(there.handle('LIST in/a'))).toContain('10')
  expect(text(there.handle('MLST in/a'))).toMatch(
    /^250-Facts:\r\n type=file;.* \/in\/a\r\n250 End$/,
  )
})

test('lists names alone', () => {
  const there = loggedIn()
  expect(sent(there.handle('NLST'))).toBe('in\r\n')
  expect(sent(there.handle('NLST -a in'))).toBe('a\r\n')
  expect(text(there.handle('NLST nowhere'))).toMatch(/^550/)
})

test('appends to a file, or makes it', () => {
  const there = loggedIn()
  for (const [path, content] of [
    ['in/a', '0123456789xyz'],
    ['in/new', 'xyz'],
  ] as const) {
    const append = there.handle(`APPE ${path}`)
    expect(append.kind === 'receive' && append.store(Buffer.from('xyz'))).toMatch(/^226/)
    expect(sent(there.handle(`RETR ${path}`))).toBe(content)
  }
  expect(text(there.handle('APPE in'))).toMatch(/^553/)
})

test('TLS and the protection of data', () => {
  const there = session({ requireTls: true })
  expect(text(there.handle('USER joe'))).toMatch(/^530/)
  expect(there.handle('AUTH TLS')).toMatchObject({ kind: 'tls' })
  there.secured()
  expect(text(there.handle('AUTH TLS'))).toMatch(/^503/)
  there.handle('USER joe')
  there.handle('PASS pw')
  expect(text(there.handle('RETR in/a'))).toMatch(/^522/)
  expect(text(there.handle('PBSZ 0'))).toMatch(/^200/)
  expect(text(there.handle('PROT X'))).toMatch(/^536/)
  expect(text(there.handle('PROT C'))).toMatch(/^534/)
  expect(text(there.handle('PROT P'))).toMatch(/^200/)
  expect(there.protectsData).toBe(true)
  expect(there.handle('RETR in/a').kind).toBe('send')
  expect(text(session({ tls: false }).handle('AUTH TLS'))).toMatch(/^502/)
})

test('waits for data, and can be stopped', () => {
  const there = loggedIn()
  expect(there.handle('EPSV')).toEqual({ kind: 'passive', extended: true })
  expect(there.handle('PASV')).toEqual({ kind: 'passive', extended: false })
  expect(there.handle('ABOR')).toEqual({ kind: 'abort' })
})

test('[H-FTP-26] who tries passwords for too long is sent away', () => {
  const there = session()
  for (let attempt = 0; attempt < 5; attempt++) {
    there.handle('USER joe')
    expect(there.handle('PASS wrong')).toEqual({ kind: 'reply', text: '530 Login incorrect.' })
  }
  expect(there.handle('PASS wrong')).toMatchObject({ close: true })
})

test('STOR behind REST keeps the tail, or cuts it off as pure-ftpd does', () => {
  for (const cutsAtRestart of [false, true]) {
    const files = new MemoryFiles({ '/in/a': '0123456789' })
    const there = loggedIn({ files, cutsAtRestart })
    there.handle('REST 3')
    const step = there.handle('STOR /in/a')
    expect(step.kind === 'receive' && step.store(Buffer.from('xyz'))).toMatch(/^226/)
    expect(files.text('/in/a')).toBe(cutsAtRestart ? '012xyz' : '012xyz6789')
  }
})
