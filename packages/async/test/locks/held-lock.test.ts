import { expect, test } from 'vitest'

import { HeldLock, LockLine } from '../../src/locks/held-lock.ts'
import { failure } from '../failure.ts'

test('a lease releases its lock and takes it again', async () => {
  const line = new LockLine()
  const lease = new HeldLock(line)
  expect(line.take(lease)).toBe(true)
  lease.letGo()
  expect(lease.held).toBe(false)
  const other = new HeldLock(line)
  expect(line.take(other)).toBe(true)
  const again = lease.takeUp()
  expect(line.waiting).toBe(1)
  other.release()
  await again
  expect(lease.held).toBe(true)
})

test('a lease that was released while it waits for its lock does not keep it', async () => {
  const line = new LockLine()
  const holder = new HeldLock(line)
  line.take(holder)
  const gone = new HeldLock(line)
  const next = new HeldLock(line)
  const lost = failure(gone.takeUp())
  const granted = next.takeUp()
  gone.release()
  holder.release()
  expect(await lost).toMatchObject({ code: 'NET_NOT_HELD' })
  await granted
  expect(next.held).toBe(true)
  await expect(gone.takeUp()).rejects.toMatchObject({ code: 'NET_NOT_HELD' })
})
