import { netError } from '@net/core/authoring'
import { attach, type Dashboard, type Lab } from '@net/dashboard'
import { expect, test } from 'vitest'

import { ask, post } from '../visitor.ts'

const armed: string[] = []
const server = {
  name: 'mail',
  protocol: 'smtp',
  url: 'smtp://127.0.0.1:2525',
  login: { user: 'ada', password: 'lovelace' },
  mails: () => [
    {
      from: 'a@x',
      to: ['b@x'],
      subject: '<b>Hi</b>',
      text: 'hello',
      html: '<p>hello',
      raw: Buffer.from('raw'),
    },
    { from: 'a@x', to: ['b@x'], subject: 'plain', text: 'only text', raw: Buffer.from('raw') },
  ],
  files: {
    list: () => [{ path: 'in/a.txt', size: 5 }],
    read: () => Buffer.from('hello'),
  },
  seen: () => ({ columns: ['line'], rows: [['EHLO x'.repeat(1000)]] }),
  faults: { 'say 421': () => void armed.push('421') },
}
let finish: (() => void) | undefined
const lab: Lab = {
  servers: [server],
  scenarios: [
    { name: 'good', title: 'Good', code: 'await good()', run: async (tell) => tell('a step') },
    {
      name: 'bad',
      title: 'Bad',
      code: 'await bad()',
      run: async () => {
        throw netError('NET_CONN_RESET', { message: 'it was reset' })
      },
    },
    {
      name: 'long',
      title: 'Long',
      code: '',
      run: () => new Promise<void>((resolve) => (finish = resolve)),
    },
  ],
  call: { example: 'http://127.0.0.1/', run: async (url) => `got ${url}` },
}

test('servers are listed with what they hold, and shown with their contents', async () => {
  await using dashboard = await attach({ lab })
  expect((await ask(dashboard, '/api/servers')).json()).toMatchObject([
    { name: 'mail', login: { user: 'ada' }, faults: ['say 421'] },
  ])
  const shown = (await ask(dashboard, '/api/servers/mail')).json() as {
    table: { rows: string[][] }
  }
  expect(shown).toMatchObject({
    inbox: [{ subject: '<b>Hi</b>' }, {}],
    tree: [{ path: 'in/a.txt' }],
  })
  expect(shown.table.rows[0]?.[0]?.length).toBe(2000)
  expect((await ask(dashboard, '/api/servers/mail/file?path=in/a.txt')).json()).toMatchObject({
    text: 'hello',
  })
  expect((await ask(dashboard, '/api/servers/mail/file?path=../a')).status).toBe(404)
  expect((await ask(dashboard, '/api/servers/none')).status).toBe(404)
})

test('[H-APP-07] a mail that was written as a document is shown in a sandbox, at an address for one use', async () => {
  await using dashboard = await attach({ lab })
  const mail = (await post(dashboard, '/api/servers/mail/mails/0')).json() as { frame: string }
  expect(mail).toMatchObject({ subject: '<b>Hi</b>', text: 'hello', raw: 'raw' })
  const frame = await ask(dashboard, mail.frame, { headers: { authorization: '' } })
  expect(frame.text).toBe('<p>hello')
  expect(frame.headers['content-security-policy']).toMatch(/^sandbox; default-src 'none'/u)
  expect((await ask(dashboard, mail.frame)).status).toBe(404)
  const plain = (await post(dashboard, '/api/servers/mail/mails/1')).json()
  expect(plain).not.toHaveProperty('frame')
  expect((await post(dashboard, '/api/servers/mail/mails/2')).status).toBe(404)
})

test('a fault is armed by its name alone', async () => {
  await using dashboard = await attach({ lab })
  expect((await post(dashboard, '/api/servers/mail/faults', { fault: 'say 421' })).status).toBe(200)
  expect(armed).toEqual(['421'])
  for (const fault of ['toString', 'other', 5]) {
    expect((await post(dashboard, '/api/servers/mail/faults', { fault })).status).toBe(404)
  }
})

test('a scenario is run, with its steps or its error, and not twice at once', async () => {
  await using dashboard = await attach({ lab })
  expect((await ask(dashboard, '/api/scenarios')).json()).toMatchObject([
    { name: 'good', title: 'Good', code: 'await good()' },
    {},
    {},
  ])
  expect(await run(dashboard, 'good')).toEqual({ ok: true, lines: ['a step'] })
  expect(await run(dashboard, 'bad')).toMatchObject({ ok: false, code: 'NET_CONN_RESET' })
  const first = post(dashboard, '/api/scenarios/long')
  // Whichever of two came first would run, and the other one be refused.
  await expect.poll(() => finish).toBeDefined()
  expect((await post(dashboard, '/api/scenarios/long')).status).toBe(429)
  finish?.()
  expect((await first).status).toBe(200)
  expect((await post(dashboard, '/api/scenarios/none')).status).toBe(404)
})

async function run(dashboard: Dashboard, name: string): Promise<unknown> {
  return (await post(dashboard, `/api/scenarios/${name}`)).json()
}

test('a request of a visitor goes where the lab lets it go', async () => {
  await using dashboard = await attach({ lab })
  const url = 'http://127.0.0.1/json'
  expect((await post(dashboard, '/api/call', { url })).json()).toEqual({
    ok: true,
    text: `got ${url}`,
  })
  await using without = await attach()
  expect((await post(without, '/api/call', { url })).status).toBe(404)
})
