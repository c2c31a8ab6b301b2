import { captureEvents } from '@net/core/testing'
import { openQueue } from '@net/queue'
import { expect, onTestFinished, test, vi, type MockInstance } from 'vitest'

import { respServer, type CommandAnswer } from './resp-server.ts'

const added = (): string => '*1\r\n$0\r\n\r\n'

function printed(): MockInstance {
  const spy = vi.spyOn(console, 'warn').mockImplementation(() => {})
  onTestFinished(() => spy.mockRestore())
  return spy
}

function refusing(name: string, error: string): CommandAnswer {
  return ([command = '']) => (command.toLowerCase() === name ? `-${error}\r\n` : undefined)
}

test.each([
  'ERR Client sent AUTH, but no password is set',
  'ERR AUTH <password> called without any password configured for the default user.',
])('a password that the server does not need is an event, once: %s', async (error) => {
  const console = printed()
  using events = captureEvents()
  const refused = refusing('auth', error)
  let logins = 0
  await using server = await respServer(added, 'noeviction', (command, socket) => {
    const reply = refused(command, socket)
    if (reply !== undefined) logins++
    return reply
  })
  await using queue = openQueue('open', { url: server.url.replace('//', '//:secret@') })
  await using heard = queue.events()
  void heard.next()
  expect(await queue.add(1)).toMatchObject({ added: true })
  await expect.poll(() => logins).toBe(2)
  const told = events.of('operation').filter(({ state }) => state === 'warning')
  expect(told.map(({ message }) => message)).toEqual([
    'the Redis server needs no password, and one was given',
  ])
  expect(console).not.toHaveBeenCalled()
})

test('a user for a server that knows none is refused with what helps', async () => {
  const console = printed()
  const old = refusing('auth', "ERR wrong number of arguments for 'auth' command")
  await using server = await respServer(added, 'noeviction', old)
  await using queue = openQueue('old', { url: server.url.replace('//', '//ada:secret@') })
  const error: unknown = await queue.add(1).catch((thrown: unknown) => thrown)
  expect(error).toMatchObject({ code: 'NET_AUTH_REJECTED', retry: 'never' })
  expect(String(error)).toContain('leave the user out of the URL')
  expect(console).not.toHaveBeenCalled()
})

test('a user who may not run INFO works', async () => {
  const console = printed()
  const other = refusing('info', "NOPERM this user has no permissions to run the 'info' command")
  await using server = await respServer(added, 'noeviction', other)
  await using queue = openQueue('few', { url: server.url })
  expect(await queue.add(1)).toMatchObject({ added: true })
  expect(console).not.toHaveBeenCalled()
})
