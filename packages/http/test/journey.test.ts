import { retryPolicy } from '@net/async'
import * as http from '@net/http'
import { expect, test } from 'vitest'

/** A client whose server is a list of answers. */
function clientOf(
  answers: http.HttpResponse[],
  options: http.ClientOptions = {},
): { readonly client: http.HttpClient; readonly sent: string[] } {
  const sent: string[] = []
  const client = http.createClient({
    ...options,
    handler: async ({ method, url }) => {
      sent.push(`${method} ${url.href}`)
      return answers.shift() ?? http.createResponse({ status: 500 })
    },
  })
  return { client, sent }
}

const retry = retryPolicy({ attempts: 3, delay: 0 })
const to = (location: string): http.HttpResponse =>
  http.createResponse({ status: 302, headers: { location } })
const busy = (): http.HttpResponse => http.createResponse({ status: 503, text: 'busy' })

test('each place that it is redirected to has attempts of its own', async () => {
  const done = http.createResponse({ text: 'done' })
  const { client, sent } = clientOf([busy(), busy(), to('/b'), busy(), busy(), done])
  const response = await client.get('http://host.test/a', { retry })
  expect(await response.text()).toBe('done')
  expect(sent.map((line) => line.slice(-2))).toEqual(['/a', '/a', '/a', '/b', '/b', '/b'])
  expect(response.history.map(({ status, url }) => [status, url])).toEqual([
    [302, 'http://host.test/a'],
  ])
})

test('an answer that no attempt bettered is given on, and the ones before it are given up', async () => {
  const answers = [busy(), busy(), busy()]
  const [first, , last] = answers
  const { client, sent } = clientOf([...answers], { throwHttpErrors: false })
  const response = await client.get('http://host.test/a', { retry })
  expect(sent).toHaveLength(3)
  expect(response.status).toBe(503)
  expect(await response.text()).toBe('busy')
  await expect(first!.text()).rejects.toMatchObject({ code: 'NET_BODY_CONSUMED' })
  await expect(last!.text()).rejects.toMatchObject({ code: 'NET_BODY_CONSUMED' })
})

test('what a redirect forbids is no failed attempt', async () => {
  const { client, sent } = clientOf([to('ftp://host.test/')])
  const call = client.get('https://host.test/a')
  await expect(call).rejects.toMatchObject({ code: 'NET_REDIRECT_FORBIDDEN' })
  expect(sent).toHaveLength(1)
})
