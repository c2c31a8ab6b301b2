import { startSshServer } from '@net/ssh/testing'
import { expect, it } from 'vitest'

import { net } from '../net.ts'

it('types what it reads, prints what is shown, and ends as the shell ended', async () => {
  await using server = await startSshServer({
    users: { ada: { password: 'love' } },
    exec: { date: 'today\n' },
  })
  const args = [
    'shell',
    '--dangerously-accept-any-host-key',
    '--ssh-config',
    'none',
    '-u',
    'ada',
    server.url,
  ]
  const ended = await net(args, { stdin: 'date\nexit 3\n', env: { NET_PASSWORD: 'love' } })
  expect(ended).toMatchObject({ code: 3, out: 'today\n' })
  expect(server.received.some(({ what }) => what === 'pty')).toBe(false)
})
