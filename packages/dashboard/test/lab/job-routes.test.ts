import { attach, type Dashboard, type LabJobs } from '@net/dashboard'
import { expect, test } from 'vitest'

import { ask, post } from '../visitor.ts'

const long = 'x'.repeat(5_000_000)
const texts = new Map([
  ['a/b', `{"id":12345678901234567890,"text":"${long}"}`],
  ['secret', '{"user":"ada","password":"pa55","IBAN":"AB12","cards":[{"pin":1}]}'],
  ['plain', 'no JSON'],
])
const jobs: LabJobs = {
  counts: async () => ({ waiting: 0, failed: 999 }),
  list: async () =>
    Array.from({ length: 999 }, (_, at) => ({
      id: `${at}/${'i'.repeat(250)}`,
      state: 'failed',
      attempt: 3,
      error: 'e'.repeat(5000),
    })),
  read: async (id) => texts.get(id),
  actions: {
    'put back': async (id) => `${id} is put back`,
    remove: () => Promise.reject(new Error('it runs')),
  },
}

async function served(): Promise<Dashboard> {
  return attach({
    secretNames: ['iban', 'pin'],
    lab: { servers: [{ name: 'mails', protocol: 'queue', about: 'mails to send', jobs }] },
  })
}

test('the list has at most 100 jobs of at most 400 bytes, and no payload', async () => {
  await using dashboard = await served()
  const answer = await ask(dashboard, '/api/servers/mails')
  const shown = answer.json() as { jobs: { rows: object[] } }
  expect(shown).toMatchObject({
    about: 'mails to send',
    jobs: { counts: { failed: 999 }, actions: ['put back', 'remove'] },
  })
  expect(shown.jobs.rows).toHaveLength(100)
  for (const row of shown.jobs.rows) expect(JSON.stringify(row).length).toBeLessThanOrEqual(400)
})

test('one job is shown on demand, 64 KiB at a time, each digit as it was', async () => {
  await using dashboard = await served()
  const shown = (await ask(dashboard, '/api/servers/mails/jobs/a%2Fb')).json() as { text: string }
  expect(shown.text).toHaveLength(65_536)
  expect(shown.text).toContain('"id": 12345678901234567890,')
  const more = (await ask(dashboard, '/api/servers/mails/jobs/a%2Fb?from=5000000')).json()
  expect(more).toEqual({ size: 5_000_046, text: `${'x'.repeat(43)}"\n}` })
  expect((await ask(dashboard, '/api/servers/mails/jobs/c')).status).toBe(404)
})

test('what is named as secret, and what names itself so, does not leave the process', async () => {
  await using dashboard = await served()
  const textOf = async (id: string): Promise<string> =>
    ((await ask(dashboard, `/api/servers/mails/jobs/${id}`)).json() as { text: string }).text
  expect(JSON.parse(await textOf('secret'))).toEqual({
    user: 'ada',
    password: '[secret]',
    IBAN: '[secret]',
    cards: [{ pin: '[secret]' }],
  })
  expect(await textOf('plain')).toBe('no JSON')
})

test('what is done to a job is told, and why it was not', async () => {
  await using dashboard = await served()
  const act = async (action: unknown): Promise<unknown> => {
    const { status, json } = await post(dashboard, '/api/servers/mails/jobs/a%2Fb', { action })
    return status === 200 ? json() : status
  }
  expect(await act('put back')).toEqual({ said: 'a/b is put back' })
  expect(await act('remove')).toEqual({ said: 'it runs' })
  for (const action of ['toString', 'other', 5, undefined]) expect(await act(action)).toBe(404)
})
