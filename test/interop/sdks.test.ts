// Libraries of others that take a `fetch`, over an SSH tunnel with that of a client.
import { Octokit } from '@octokit/core'
import * as http from '@net/http'
import { startHttpServer, type HttpServer, type Route } from '@net/http/testing'
import * as ssh from '@net/ssh'
import { startSshServer } from '@net/ssh/testing'
import { APIConnectionError, APIUserAbortError, OpenAI } from 'openai'
import { Stripe } from 'stripe'
import { expect, test } from 'vitest'

interface Tunnel extends AsyncDisposable {
  readonly server: HttpServer
  readonly client: http.HttpClient
}

/** A server that only the other end of the tunnel reaches by this name. */
async function tunnel(routes: Readonly<Record<string, Route>>): Promise<Tunnel> {
  const server = await startHttpServer({ routes })
  const sshd = await startSshServer()
  const hostKeys = ssh.pinned(sshd.hostKey.fingerprint)
  const host = await ssh.connect(sshd.url, { user: 'ada', password: 'lovelace', hostKeys })
  const client = http.createClient({ dialer: host.dialer })
  return {
    server,
    client,
    async [Symbol.asyncDispose]() {
      for (const each of [client, host, sshd, server]) await each[Symbol.asyncDispose]()
    },
  }
}

const EVENTS = { 'content-type': 'text/event-stream' }
const chunk = (content: string): string =>
  `data: ${JSON.stringify({ id: 'c', object: 'chat.completion.chunk', created: 1, model: 'm', choices: [{ index: 0, delta: { content } }] })}\n\n`

test('openai: an answer, a stream, an upload, its own repeats, and an abort of the user', async () => {
  let failures = 1
  const stalled = Promise.withResolvers<void>()
  await using road = await tunnel({
    'POST /v1/chat/completions': async (_request, exchange) => {
      const { stream, model } = JSON.parse(Buffer.from(await exchange.bytes()).toString()) as {
        stream?: boolean
        model: string
      }
      if (model === 'slow') {
        stalled.resolve()
        await new Promise(() => {})
      }
      if (stream === true)
        return { headers: EVENTS, body: [chunk('Hel'), chunk('lo'), 'data: [DONE]\n\n'] }
      if ((failures -= 1) >= 0) return { status: 503, headers: { 'retry-after-ms': '1' } }
      const message = { role: 'assistant', content: 'Hello' }
      return { json: { id: 'c', object: 'chat.completion', choices: [{ index: 0, message }] } }
    },
    'POST /v1/files': async (_request, exchange) => {
      const size = (await exchange.bytes()).length
      return { json: { id: 'f', object: 'file', bytes: size } }
    },
  })
  const openai = new OpenAI({
    apiKey: 'of-mine',
    baseURL: `${road.server.url}/v1`,
    fetch: road.client.fetch,
  })
  const messages = [{ role: 'user' as const, content: 'Hi' }]
  const answer = await openai.chat.completions.create({ model: 'm', messages })
  expect(answer.choices[0]?.message.content).toBe('Hello')
  expect(road.server.received).toHaveLength(2)
  let streamed = ''
  for await (const part of await openai.chat.completions.create({
    model: 'm',
    messages,
    stream: true,
  }))
    streamed += part.choices[0]?.delta.content ?? ''
  expect(streamed).toBe('Hello')
  const file = new File(['{"a":1}\n'], 'a.jsonl')
  const uploaded = await openai.files.create({ file, purpose: 'batch' })
  expect(uploaded.bytes).toBeGreaterThan(100)
  const controller = new AbortController()
  const slow = openai.chat.completions.create(
    { model: 'slow', messages },
    { signal: controller.signal },
  )
  const failed = slow.catch((error: unknown) => error)
  await stalled.promise
  controller.abort()
  expect(await failed).toBeInstanceOf(APIUserAbortError)
  expect(road.server.received).toHaveLength(5)
})

test('openai: a server that refuses the connection is asked again by the library, and by nobody else', async () => {
  await using road = await tunnel({})
  await road.server.close()
  let calls = 0
  const openai = new OpenAI({
    apiKey: 'of-mine',
    baseURL: `${road.server.url}/v1`,
    maxRetries: 1,
    fetch: (...given) => {
      calls += 1
      return road.client.fetch(...given)
    },
  })
  await expect(openai.models.list()).rejects.toBeInstanceOf(APIConnectionError)
  expect(calls).toBe(2)
})

test('octokit: a document, one that has not changed, and an error with its message', async () => {
  await using road = await tunnel({
    '/repos/*': ({ headers }) =>
      headers['if-none-match'] === '"1"'
        ? { status: 304, headers: { etag: '"1"' } }
        : { headers: { etag: '"1"' }, json: { full_name: 'a/b' } },
    'POST /repos/*': { status: 422, json: { message: 'Validation Failed' } },
  })
  const octokit = new Octokit({
    auth: 'of-mine',
    baseUrl: road.server.url,
    request: { fetch: road.client.fetch },
  })
  const repo = { owner: 'a', repo: 'b' }
  const { data, headers } = await octokit.request('GET /repos/{owner}/{repo}', repo)
  expect([(data as { full_name: string }).full_name, headers.etag]).toEqual(['a/b', '"1"'])
  expect(road.server.received[0]?.headers.authorization).toBe('token of-mine')
  const same = octokit.request('GET /repos/{owner}/{repo}', {
    ...repo,
    headers: { 'if-none-match': '"1"' },
  })
  await expect(same).rejects.toMatchObject({ status: 304 })
  const wrong = octokit.request('POST /repos/{owner}/{repo}/issues', { ...repo, title: 'x' })
  await expect(wrong).rejects.toMatchObject({ status: 422 })
  await expect(wrong).rejects.toThrow('Validation Failed')
})

test('stripe: a form, a page, its idempotency key in each repeat, and an error', async () => {
  let failures = 1
  await using road = await tunnel({
    'POST /v1/customers': async (request, exchange) => {
      if ((failures -= 1) >= 0) return { status: 500, json: { error: { message: 'later' } } }
      const form = new URLSearchParams(Buffer.from(await exchange.bytes()).toString())
      return { json: { id: 'cus_1', object: 'customer', email: form.get('email') } }
    },
    'GET /v1/customers': {
      json: { object: 'list', url: '/v1/customers', has_more: false, data: [{ id: 'cus_1' }] },
    },
    'POST /v1/charges': {
      status: 402,
      json: { error: { type: 'card_error', message: 'declined' } },
    },
  })
  const url = new URL(road.server.url)
  const stripe = new Stripe('of-mine', {
    protocol: 'http',
    host: url.hostname,
    port: url.port,
    maxNetworkRetries: 2,
    telemetry: false,
    httpClient: Stripe.createFetchHttpClient(road.client.fetch),
  })
  const customer = await stripe.customers.create({ email: 'ada@example.com' })
  expect(customer).toMatchObject({ id: 'cus_1', email: 'ada@example.com' })
  const [first, second] = road.server.received
  expect(second?.headers['idempotency-key']).toBe(first?.headers['idempotency-key'])
  const ids: string[] = []
  for await (const each of stripe.customers.list()) ids.push(each.id)
  expect(ids).toEqual(['cus_1'])
  const charge = stripe.charges.create({ amount: 1, currency: 'eur' })
  await expect(charge).rejects.toMatchObject({ type: 'StripeCardError', statusCode: 402 })
})
