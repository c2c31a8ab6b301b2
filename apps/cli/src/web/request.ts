/* A request as the command line describes it, in the words of curl. */

import { readFile } from 'node:fs/promises'
import { basename } from 'node:path'
import { text as readAll } from 'node:stream/consumers'

import { fromFile } from '@net/core'
import type { MultipartPart, RequestOptions } from '@net/http'

import type { Call } from '../call.ts'
import { callOptions } from '../connect-options.ts'
import { UsageError } from '../usage-error.ts'

/** The options of the request, without its method and its body. Throws `UsageError`. */
export async function requestOptions(call: Call): Promise<RequestOptions> {
  return { ...callOptions(call), headers: await headerFields(call.options.header ?? []) }
}

/** The body of `-d`, `--data-binary` and `-F`. Throws `UsageError` for two kinds of them. */
export async function requestBody(
  call: Call,
): Promise<Pick<RequestOptions, 'body' | 'multipart' | 'headers'>> {
  const { data, dataBinary, form } = call.options
  const given = [data, dataBinary, form].filter((each) => each !== undefined)
  if (given.length > 1) throw new UsageError('give one of --data, --data-binary and --form')
  if (form !== undefined) return { multipart: await Promise.all(form.map(fieldOf)) }
  if (dataBinary !== undefined) return { body: await rawBody(call, dataBinary) }
  if (data === undefined) return {}
  const parts = await Promise.all(data.map((each) => formData(call, each)))
  return {
    body: parts.join('&'),
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
  }
}

async function headerFields(
  lines: readonly string[],
): Promise<readonly (readonly [string, string])[]> {
  const all = await Promise.all(lines.map(linesOf))
  return all.flat().map((line) => {
    const colon = line.indexOf(':')
    if (colon < 1) throw new UsageError(`${line} is no header field: give Name: value`)
    return [line.slice(0, colon), line.slice(colon + 1).trim()] as const
  })
}

/** `@file` stands for the lines of the file, so that a token need not stand in the arguments. */
async function linesOf(line: string): Promise<readonly string[]> {
  if (!line.startsWith('@')) return [line]
  const text = await readFile(line.slice(1), 'utf8')
  return text.split(/\r?\n/).filter((each) => each !== '')
}

/** As curl has it: a file without its line ends. */
async function formData(call: Call, data: string): Promise<string> {
  if (!data.startsWith('@')) return data
  const text = data === '@-' ? await readAll(call.io.stdin) : await readFile(data.slice(1), 'utf8')
  return text.replaceAll(/[\r\n]/g, '')
}

async function rawBody(call: Call, data: string): Promise<RequestOptions['body']> {
  if (data === '@-') return call.io.stdin
  return data.startsWith('@') ? fromFile(data.slice(1)) : data
}

async function fieldOf(field: string): Promise<readonly [string, string | MultipartPart]> {
  const equals = field.indexOf('=')
  if (equals < 1) throw new UsageError(`${field} is no field of a form: give name=value`)
  const [name, value] = [field.slice(0, equals), field.slice(equals + 1)]
  const [content = '', ...more] = value.split(';')
  if (content.startsWith('<')) return [name, await readFile(content.slice(1), 'utf8')]
  if (!content.startsWith('@')) return [name, value]
  const path = content.slice(1)
  const settings = new Map(
    more.map((each) => {
      const at = each.indexOf('=')
      return [each.slice(0, at).trim(), each.slice(at + 1)] as const
    }),
  )
  const [type, filename] = [settings.get('type'), settings.get('filename') ?? basename(path)]
  return [name, { body: fromFile(path), filename, ...(type === undefined ? {} : { type }) }]
}
