import { once } from 'node:events'
import { createServer, type AddressInfo } from 'node:net'
import { join } from 'node:path'
import { openQueue } from '@net/queue'
import { expect, it } from 'vitest'

import { net, temporaryFolder } from '../net.ts'

it('looks at jobs, puts them back, and drops those that wait', async () => {
  using folder = temporaryFolder()
  const url = `file:${join(folder.path, 'jobs.db')}`
  {
    await using jobs = openQueue<{ to: string }>('mail', { url })
    for (const id of ['bad\u001b[2J', 'odd', 'later']) {
      await jobs.add({ to: id }, { id, attempts: 1, delay: id === 'later' ? 60_000 : 0 })
    }
    await using _worker = jobs.process(async ({ id }, { mark }) => {
      if (id === 'odd') await mark('sent')
      throw new Error(`no ${id}`)
    })
    await Promise.all([jobs.ended('bad\u001b[2J'), jobs.ended('odd')])
  }
  const on = (verb: string, ...more: readonly string[]): string[] => [
    'queue',
    verb,
    url,
    'mail',
    ...more,
  ]

  const shown = await net(on('ls'), { columns: 80 })
  expect(shown.out).toContain('delayed  0/1  later\n')
  expect(shown.out).toContain('bad\\x1b[2J  no bad')
  expect(shown.out).not.toContain('\u001b[2J')
  const { events } = await net([...on('ls'), '--json'])
  expect(events.at(-1)).toMatchObject({ type: 'counts', delayed: 1, done: 0 })
  expect((await net(on('show', 'later'))).out).toContain('"to": "later"')
  expect(await net(on('show', 'nothing'))).toMatchObject({ code: 3, out: '' })

  expect((await net(on('retry', 'odd'))).out).toBe('1 job put back\n')
  expect((await net(on('retry'))).out).toBe('1 job put back\n')
  expect(await net(on('retry', 'later'))).toMatchObject({ code: 2 })

  expect(await net(on('drain'))).toMatchObject({ code: 2, out: '' })
  expect((await net([...on('drain'), '--yes'])).out).toBe('3 jobs removed\n')
})

it('prints no values of fields that are secret by their names, or named by the caller', async () => {
  using folder = temporaryFolder()
  const url = `file:${join(folder.path, 'jobs.db')}`
  {
    await using jobs = openQueue('mail', { url })
    await jobs.add({ to: 'ada', smtp: { password: 'pa55' }, iban: 'AB12' }, { id: 'a', delay: 1e6 })
  }
  const payload = { to: 'ada', smtp: { password: '[secret]' }, iban: '[secret]' }
  for (const verb of [['show', 'a'], ['ls']]) {
    const [word = '', ...ids] = verb
    const more = [url, 'mail', ...ids, '--secret-name', 'IBAN']
    const { events } = await net(['queue', word, ...more, '--json'])
    expect(events[0]).toMatchObject({ type: 'job', id: 'a', payload })
    expect((await net(['queue', word, ...more])).out).not.toMatch(/pa55|AB12/u)
  }
  expect((await net(['queue', 'show', url, 'mail', 'a'])).out).toContain('"iban": "AB12"')
})

it('makes no queue of a name that was mistyped', async () => {
  using folder = temporaryFolder()
  const ended = await net(['queue', 'ls', `file:${join(folder.path, 'none.db')}`, 'mail'])
  expect(ended).toMatchObject({ code: 3, out: '' })
  expect(ended.err).toContain('there is no file')
  expect(await net(['queue', 'look', 'file:x', 'mail'])).toMatchObject({ code: 2 })
})

it('takes no password in the arguments', async () => {
  for (const url of ['redis://ada:love@127.0.0.1:1', 'REDISS://:love@127.0.0.1:1']) {
    const ended = await net(['queue', 'ls', url, 'mail'])
    expect(ended).toMatchObject({ code: 2, out: '' })
    expect(ended.err).toContain('leave it out of the URL and set NET_PASSWORD')
    expect(ended.err).not.toContain('love')
  }
})

it('gives a password as NET_PASSWORD has it, percent signs too', async () => {
  let said = ''
  // Greets as Redis does until the password comes, and refuses that.
  const server = createServer((socket) => {
    socket.on('error', () => {})
    socket.on('data', (data) => {
      said += data.toString()
      for (const name of data.toString().match(/\b(?:hello|auth|client)\b/gi) ?? [])
        socket.write(
          name.toLowerCase() === 'auth' ? '-WRONGPASS no\r\n' : "-ERR unknown command 'hello'\r\n",
        )
    })
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const env = { NET_PASSWORD: '100%41' }
  const ended = await net(['queue', 'ls', `redis://127.0.0.1:${port}`, 'mail'], { env })
  expect(ended).toMatchObject({ code: 6, out: '' })
  expect(said).toContain('\r\n100%41\r\n')
  server.close()
})
