import { NetError } from '@net/core'
import { abortError } from '@net/core/authoring'
import { SftpError } from '@net/ssh'
import { describe, expect, it } from 'vitest'

import { exitCodeOf, exitCodeOfAll, exitCodes } from '../src/exit-code.ts'
import { Interruption } from '../src/interruption.ts'
import { UsageError } from '../src/usage-error.ts'
import * as core from '@net/core'

describe('exitCodeOf', () => {
  it('has one code for each class of the tree', () => {
    const classes = exitCodes.flatMap(({ classes }) => classes)
    expect(new Set(classes).size).toBe(classes.length)
    const known = Object.entries(core)
      .filter(
        ([name, value]) =>
          name.endsWith('Error') && typeof value === 'function' && value !== core.isNetError,
      )
      .map(([name]) => name)
      .filter((name) => name !== 'RetryError' && name !== 'reviveError' && name !== 'isNetError')
    expect(classes.toSorted()).toEqual([...known, 'UsageError'].toSorted())
  })

  it('goes by the class, also of a class of a protocol', () => {
    const error = new SftpError('NET_NOT_FOUND', { message: 'no such file' }, 2)
    expect(exitCodeOf(error)).toBe(3)
    expect(exitCodeOf(new core.ConnectError('NET_CONNECT_REFUSED', { message: 'refused' }))).toBe(4)
    expect(exitCodeOf(new core.TlsError('NET_TLS_HANDSHAKE', { message: 'no' }))).toBe(5)
    expect(exitCodeOf(new core.AuthError('NET_AUTH_REJECTED', { message: 'no' }))).toBe(6)
    expect(exitCodeOf(new core.NetTimeoutError('NET_TIMEOUT_IDLE', { message: 'late' }))).toBe(7)
    expect(exitCodeOf(new core.ReplyError('NET_AUTH_REJECTED', { message: '401' }))).toBe(6)
    expect(exitCodeOf(new NetError('NET_INTERNAL', { message: 'ours' }))).toBe(70)
  })

  it('goes by the last attempt where all were used up', () => {
    const last = new core.ConnectError('NET_CONNECT_REFUSED', { message: 'refused' })
    const details = { message: 'gave up', attempts: [new Error('first'), last] }
    expect(exitCodeOf(new core.RetryError('NET_RETRIES_EXHAUSTED', details))).toBe(4)
  })

  it('knows what is no error of the network', () => {
    expect(exitCodeOf(new UsageError('wrong'))).toBe(2)
    expect(exitCodeOf(Object.assign(new Error('full'), { code: 'ENOSPC', syscall: 'write' }))).toBe(
      74,
    )
    expect(exitCodeOf(Object.assign(new Error('left'), { code: 'EPIPE', syscall: 'write' }))).toBe(
      0,
    )
    expect(exitCodeOf(abortError(new Interruption('SIGTERM')))).toBe(143)
    expect(exitCodeOf(new TypeError('a mistake'))).toBe(70)
  })
})

describe('exitCodeOfAll', () => {
  it('is 0 for all done, the code of failures that agree, and 1 for any others', () => {
    expect(exitCodeOfAll([])).toBe(0)
    expect(exitCodeOfAll([0, 0])).toBe(0)
    expect(exitCodeOfAll([3, 3])).toBe(3)
    for (const codes of [
      [0, 3],
      [3, 0],
      [3, 4],
      [0, 3, 0],
    ])
      expect(exitCodeOfAll(codes)).toBe(1)
  })
})
