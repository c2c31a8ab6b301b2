import { netError } from '@net/core/authoring'
import { expect, test } from 'vitest'

import { readArguments, runCommand } from '../../src/commands/command.ts'
import { streams } from '../recording-streams.ts'

test('an error of ours is one line and exit code 1, an abort 130', async () => {
  const io = streams()
  const refused = netError('NET_CONNECT_REFUSED', { message: 'the connection was refused' })
  expect(await runCommand(io, () => Promise.reject(refused))).toBe(1)
  expect(io.messageText()).toBe('the connection was refused\n')
  const aborted = netError('NET_ABORTED', { message: 'aborted' })
  expect(await runCommand(streams(), () => Promise.reject(aborted))).toBe(130)
})

test('a defect of the command itself is not hidden', async () => {
  const bug = new TypeError('a bug')
  await expect(runCommand(streams(), () => Promise.reject(bug))).rejects.toBe(bug)
})

test('Ctrl-C aborts the work', async () => {
  const io = streams()
  const code = runCommand(
    io,
    (signal) =>
      new Promise((_resolve, reject) => {
        signal.addEventListener('abort', () =>
          reject(netError('NET_ABORTED', { message: 'aborted' })),
        )
      }),
  )
  process.emit('SIGINT')
  expect(await code).toBe(130)
})

test('wrong options tell the usage', () => {
  const io = streams()
  expect(
    readArguments(['--no-such'], {}, { messages: io.messages, usage: 'usage: x' }),
  ).toBeUndefined()
  expect(io.messageText()).toBe('usage: x\n')
})
