/* Scenario 13: mails as jobs; a recipient that the server puts off is tried again, and each gets one mail. */

import { openQueue, type JobState } from '@net/queue'
import * as smtp from '@net/smtp'
import { startSmtpServer } from '@net/smtp/testing'

import { expectSame, type Scenario, type Stage } from '../scenario.ts'

export const mailQueue: Scenario = {
  number: 13,
  title: 'Queue: invitations, one put off',
  transport: 'memory, tcp',
  about:
    'Five mails as jobs, two at a time. The server puts one of them off for now: its job is done again a little later, the others are not.',
  file: import.meta.url,
  async run(stage) {
    await using server = await startSmtpServer()
    server.fail({ on: 'RCPT', do: { reply: '451 4.7.1 Greylisted, come back later' } })
    stage.sent(`${PEOPLE.length} jobs: ${PEOPLE.join(', ')}`)
    const states = await example(server.url, stage)
    expectSame(
      'how the jobs ended',
      states,
      PEOPLE.map(() => 'done'),
    )
    const { messages } = server.mailbox
    const got = messages.flatMap(({ envelope }) => envelope.to).toSorted()
    expectSame('who got a mail', got, PEOPLE)
    return messages.reduce((sum, { raw }) => sum + raw.length, 0)
  },
}

async function example(url: string, stage: Stage): Promise<JobState[]> {
  await using relay = smtp.createMailer(url)
  await using queue = openQueue<{ to: string }>('invitations')
  queue.process(
    async ({ attempt, payload: { to } }, { signal }) => {
      if (attempt > 1) stage.received(`${to} is tried again`)
      await relay.send(
        { from: 'ada@example.com', subject: 'Come!', text: 'At five.', to },
        { signal },
      )
    },
    { concurrency: 2, retry: { delay: 50 } },
  )
  for (const to of PEOPLE) await queue.add({ to }, { id: to })
  const ended = await Promise.all(PEOPLE.map((to) => queue.ended(to)))
  return ended.map(({ state }) => state)
}

const PEOPLE = ['ann', 'bob', 'cy', 'dora', 'eve'].map((name) => `${name}@example.com`)
