import { expect, test } from 'vitest'

import { extendedPort, passivePort } from '../src/passive.ts'

const of = (text: string): { status: number; text: string } => ({ status: 229, text })

test('reads the port of EPSV with any delimiter', () => {
  expect(extendedPort(of('229 Entering (|||50000|)'))).toBe(50_000)
  expect(extendedPort(of('229 ok (!!!1024!)'))).toBe(1024)
})

test('reads the port of PASV with and without brackets', () => {
  expect(passivePort(of('227 Entering Passive Mode (127,0,0,1,195,80).'))).toBe(50_000)
  expect(passivePort(of('227 =10,0,0,1,4,0'))).toBe(1024)
})

test.each([
  '(|||0|)',
  '(|||70000|)',
  '(|||22|)',
  '(|||999999|)',
  '(|||-1|)',
  '(||50000|)',
  'nothing',
  '(|!|50000|)',
])('[H-FTP-07] EPSV that names %s is refused', (text) => {
  expect(() => extendedPort(of(`229 ${text}`))).toThrow(
    expect.objectContaining({ code: 'NET_PROTO_MALFORMED' }),
  )
})

test.each([
  '(1,2,3,4,0,22)',
  '(1,2,3,4,256,1)',
  '(1,2,3,4,5)',
  '(1,2,3,4,3,255)',
  'nothing',
  '(999,0,0,1,195,80)',
])('[H-FTP-07] PASV that names %s is refused', (text) => {
  expect(() => passivePort(of(`227 ${text}`))).toThrow(
    expect.objectContaining({ code: 'NET_PROTO_MALFORMED' }),
  )
})
