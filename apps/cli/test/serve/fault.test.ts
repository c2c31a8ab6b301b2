import { describe, expect, it } from 'vitest'

import { delayFault, faultOf } from '../../src/serve/fault.ts'

describe('faultOf', () => {
  it.each([
    ['RETR:reset@1000', 'text', { on: 'RETR', after: 1000, do: 'reset' }],
    ['STOR:552 No space: none', 'text', { on: 'STOR', do: { reply: '552 No space: none' } }],
    [':drop', 'text', { do: 'drop' }],
    ['.:stall*3', 'text', { on: '.', times: 3, do: 'stall' }],
    ['USER:200ms*all', 'text', { on: 'USER', times: Number.MAX_SAFE_INTEGER, do: { delay: 200 } }],
    ['LIST:1.5s', 'text', { on: 'LIST', do: { delay: 1500 } }],
    ['GET /a:503', 'http', { on: 'GET /a', do: { reply: { status: 503 } } }],
    ['/a:503 busy', 'http', { on: '/a', do: { reply: { status: 503, body: 'busy' } } }],
    ['OPEN /in/a:4 full', 'sftp', { on: 'OPEN /in/a', do: { status: 4, text: 'full' } }],
    ['exec ls:failure', 'ssh', { on: 'exec ls', do: { reply: 'failure' } }],
    ['kex:goodbye', 'ssh', { on: 'kex', do: 'goodbye' }],
    ['h:80:drop', 'proxy', { on: 'h:80', do: 'drop' }],
    ['h:80:5', 'proxy', { on: 'h:80', do: { reply: 5 } }],
    [':5', 'proxy', { do: { reply: 5 } }],
  ] as const)('reads %j', (text, kind, fault) => {
    expect(faultOf(text, kind)).toEqual(fault)
  })

  it('refuses what is no fault', () => {
    expect(() => faultOf('RETR', 'text')).toThrow('RETR is no fault')
    expect(() => faultOf('RETR:', 'text')).toThrow('is no fault')
    expect(() => faultOf('RETR:Reset', 'text')).toThrow('RETR:Reset is no fault')
    expect(() => faultOf('a:4', 'ssh')).toThrow('a:4 is no fault')
  })
})

describe('delayFault', () => {
  it('is for everything', () => {
    expect(delayFault(20)).toEqual({ times: Number.MAX_SAFE_INTEGER, do: { delay: 20 } })
  })
})
