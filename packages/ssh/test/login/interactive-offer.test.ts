import { expect, test } from 'vitest'

import { keyboardInteractive, type InteractiveChallenge } from '@net/ssh'
import { startSshServer } from '@net/ssh/testing'

import { failureOf, logInTo } from '../embedded.ts'

const password = { questions: [{ text: 'Password: ' }], answers: ['lovelace'] }
const code = {
  instruction: 'Look at your phone',
  questions: [{ text: 'Code: ', echo: true }],
  answers: ['123456'],
}

test('[SSH-15] a function answers the questions of the server, round by round', async () => {
  const rounds = [{ name: 'PAM', ...password }, { questions: [], answers: [] }, code]
  await using server = await startSshServer({ users: { ada: { questions: rounds } } })
  const asked: InteractiveChallenge[] = []
  const auth = keyboardInteractive((challenge) => {
    asked.push(challenge)
    return challenge.round === 1 ? 'lovelace' : ['123456']
  })
  await using host = await logInTo(server, { auth, password: undefined })
  expect(host.info.user).toBe('ada')
  expect(asked).toMatchObject([
    { name: 'PAM', questions: [{ text: 'Password: ', echo: false }], round: 1, user: 'ada' },
    { instruction: 'Look at your phone', questions: [{ text: 'Code: ', echo: true }], round: 3 },
  ])
})

test('[SSH-15] the password answers the one question that is for it', async () => {
  await using server = await startSshServer({ users: { ada: { questions: [password] } } })
  await using host = await logInTo(server)
  expect(host.info.user).toBe('ada')
  const error = await failureOf(logInTo(server, { password: 'wrong' }))
  expect(error).toMatchObject({ code: 'NET_AUTH_REJECTED' })
})

test.for([
  ['that may be seen', { text: 'User: ', echo: true }],
  ['for a code', { text: 'Verification code: ' }],
  ['for a new password', { text: 'New password: ' }],
  ['to accept terms', { text: 'Do you accept? ' }],
] as const)('a question %s is not for the password', async ([, question]) => {
  const questions = [{ questions: [question], answers: ['lovelace'] }]
  await using server = await startSshServer({ users: { ada: { questions } } })
  const error = await failureOf(logInTo(server))
  expect(error).toMatchObject({ code: 'NET_AUTH_NO_METHOD' })
  expect(error.message).toContain(`it asks "${question.text.trim()}"`)
  expect(error.message).toContain('keyboardInteractive()')
})

test('the password answers once in a login, and the next question is for the function', async () => {
  const again = { questions: [{ text: 'Password: ' }], answers: ['byron'] }
  await using server = await startSshServer({ users: { ada: { questions: [password, again] } } })
  const seen: string[] = []
  const auth = keyboardInteractive(({ questions }) => {
    seen.push(...questions.map(({ text }) => text))
    return 'byron'
  })
  await using host = await logInTo(server, { auth })
  expect([host.info.user, seen]).toEqual(['ada', ['Password: ']])
})

test('a password that was refused is not sent by the other method as well', async () => {
  const users = { ada: { password: 'lovelace', questions: [password] } }
  await using server = await startSshServer({ users })
  expect(await failureOf(logInTo(server, { password: 'wrong' }))).toMatchObject({
    code: 'NET_AUTH_REJECTED',
  })
  expect(server.received.map(({ text }) => text)).toEqual(['none ada', 'password ada'])
})

test('the function is asked once more after a refusal, and told so', async () => {
  await using server = await startSshServer({ users: { ada: { questions: [code] } } })
  const rejections: unknown[] = []
  const auth = keyboardInteractive(({ rejected }) => {
    rejections.push(rejected)
    return rejected === true ? '123456' : '000000'
  })
  await using host = await logInTo(server, { auth })
  expect([host.info.user, rejections]).toEqual(['ada', [undefined, true]])
})

test('a function that gives another number of answers, or throws, ends the login', async () => {
  await using server = await startSshServer({ users: { ada: { questions: [code] } } })
  const few = keyboardInteractive(() => [])
  expect(await failureOf(logInTo(server, { auth: few }))).toMatchObject({
    code: 'NET_BAD_OPTION',
    message: expect.stringContaining('must give one text'),
  })
  const own = new Error('not now')
  const auth = keyboardInteractive(() => {
    throw own
  })
  expect(await failureOf(logInTo(server, { auth }))).toBe(own)
  await server.idle()
})

test('a server that accepts every step and always wants another is left after ten', async () => {
  const questions = [{ questions: [{ text: 'Code: ' }], answers: ['123456'] }]
  for (const method of ['keyboard-interactive', 'password'] as const) {
    const steps = Array<typeof method>(30).fill(method)
    await using server = await startSshServer({
      users: { ada: { questions, password: '123456', steps } },
    })
    let asked = 0
    const answer = (): string => {
      asked += 1
      return '123456'
    }
    const isPassword = method === 'password'
    const failed = await failureOf(
      logInTo(server, isPassword ? { password: answer } : { auth: keyboardInteractive(answer) }),
    )
    expect(failed).toMatchObject({
      code: 'NET_AUTH_PARTIAL',
      message: expect.stringContaining('accepted 10 steps of the login of "ada"'),
    })
    expect(asked).toBeLessThanOrEqual(10)
  }
})
