/*
 * The answer of a web server on stdout: as it is for a pipe, readable and harmless for a terminal. Nothing of an answer that is
 * an error, or is going to be asked for again, gets here.
 */

import { netError } from '@net/core/authoring'
import type { HttpResponse } from '@net/http'

import type { Call } from '../call.ts'
import { harmless, harmlessLines } from '../output/harmless.ts'
import { jsonText } from '../output/json-text.ts'
import { ShownText } from '../output/shown-text.ts'
import { UsageError } from '../usage-error.ts'

/** Refuses a redirect that was not asked for: its body is not the document. */
export function refuseRedirect(response: HttpResponse, { options }: Call): void {
  const { status, url, headers } = response
  const to = headers.get('location')
  if (status < 300 || status > 399 || status === 304 || to === undefined) return
  if (options.location === true) return
  throw netError('NET_REDIRECT_FORBIDDEN', {
    message: `answered ${status} and names ${harmless(to)}: -L follows it`,
    protocol: 'http',
    operation: 'get',
    target: url,
  })
}

/** Prints status and header fields. */
export async function printHead({ output }: Call, response: HttpResponse): Promise<void> {
  const version = response.protocol === 'h2' ? 'HTTP/2' : 'HTTP/1.1'
  const fields = [...response.headers].map(([name, value]) => `${name}: ${value}`)
  const lines = [`${version} ${response.status} ${response.statusText}`.trimEnd(), ...fields]
  await output.bytes(`${lines.map((line) => output.name(line)).join('\n')}\n\n`)
}

/** Prints the body. */
export async function printBody(call: Call, response: HttpResponse): Promise<void> {
  const { output } = call
  if (output.json) return printAsEvent(call, response)
  if (!output.isTerminal || output.raw) {
    for await (const chunk of response.body) await output.bytes(chunk)
    return
  }
  return printReadable(call, response)
}

async function printAsEvent({ output }: Call, response: HttpResponse): Promise<void> {
  const { status, url } = response
  const content = contentOf(Buffer.from(await response.bytes()))
  await output.event({ type: 'response', status, url, headers: fieldsOf(response), ...content })
}

/** The header fields for `--json`: a list of values for a name that has several lines. */
export function fieldsOf({ headers }: HttpResponse): Readonly<Record<string, unknown>> {
  const fields = [...headers].map(([name]) => {
    const values = headers.getAll(name)
    return [name, values.length === 1 ? values[0] : values] as const
  })
  return Object.fromEntries(fields)
}

/** Bytes for `--json`: as text where they are UTF-8, else in base64. */
export function contentOf(bytes: Buffer): { readonly body: string } | { readonly raw: string } {
  const text = bytes.toString('utf8')
  const isText = Buffer.from(text, 'utf8').equals(bytes)
  return isText ? { body: text } : { raw: bytes.toString('base64') }
}

async function printReadable({ output }: Call, response: HttpResponse): Promise<void> {
  const type = response.headers.get('content-type') ?? ''
  if (JSON_TYPE.test(type) && (response.body.size ?? Infinity) <= MOST_JSON) {
    const text = await response.text()
    const shown = jsonText(text, output.hasColors) ?? harmlessLines(text)
    await output.bytes(`${shown.trimEnd()}\n`)
    return
  }
  const shown = new ShownText()
  let end = '\n'
  const print = async (text: string): Promise<void> => {
    end = text.at(-1) ?? end
    await output.bytes(text)
  }
  for await (const chunk of response.body) {
    if (chunk.includes(0)) {
      throw new UsageError('the answer is binary: give -o file, or --raw to print it all the same')
    }
    await print(shown.add(chunk))
  }
  await print(shown.end())
  if (end !== '\n') await output.bytes('\n')
}

const JSON_TYPE = /[/+]json\b/i
// A larger one is shown as it comes.
const MOST_JSON = 1024 * 1024
