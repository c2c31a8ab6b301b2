/* Whether a call is one that was recorded, and in which part it differs. */

import { isDeepStrictEqual } from 'node:util'

import { jsonWithoutSecrets, type IsSecret } from '@net/core/authoring'

import type { HarParam, HarPostData, HarRequest } from '../har/har.ts'
import { urlWithoutSecrets } from '../har/secrets.ts'

/** What a call is compared by. */
export interface MatchRules {
  readonly isSecret: IsSecret
  /** Names of parameters of the query that may differ. */
  readonly ignoreQuery: ReadonlySet<string>
  /** Names of header fields that have to be the same, in lower case. */
  readonly headers: readonly string[]
}

/** A call as it is compared. */
export interface ComparedCall {
  readonly method: string
  readonly url: URL
  readonly headers: ReadonlyMap<string, string>
  readonly postData: HarPostData | undefined
}

/** A recorded call as it is compared. */
export function recordedCall({ method, url, headers, postData }: HarRequest): ComparedCall {
  const fields = new Map(headers.map(({ name, value }) => [name.toLowerCase(), value]))
  return { method, url: new URL(url), headers: fields, postData }
}

/** The parts in which two calls differ, the most important first; none if they are the same. */
export function differences(wanted: ComparedCall, had: ComparedCall, rules: MatchRules): string[] {
  const found: string[] = []
  if (wanted.method !== had.method) found.push('the method')
  if (placeOf(wanted.url) !== placeOf(had.url)) found.push('the path')
  found.push(...queryDifferences(wanted.url, had.url, rules))
  for (const name of rules.headers)
    if (wanted.headers.get(name) !== had.headers.get(name)) found.push(`the header ${name}`)
  if (!isSameBody(wanted.postData, had.postData, rules)) found.push('the body')
  return found
}

function placeOf({ origin, pathname }: URL): string {
  return origin + pathname
}

function queryDifferences(wanted: URL, had: URL, { isSecret, ignoreQuery }: MatchRules): string[] {
  const [first, second] = [wanted, had].map((url) => urlWithoutSecrets(url, isSecret).searchParams)
  const names = new Set([...(first?.keys() ?? []), ...(second?.keys() ?? [])])
  return [...names]
    .filter((name) => !ignoreQuery.has(name))
    .filter((name) => !isDeepStrictEqual(first?.getAll(name), second?.getAll(name)))
    .map((name) => `the parameter ${name}`)
}

function isSameBody(
  wanted: HarPostData | undefined,
  had: HarPostData | undefined,
  { isSecret }: MatchRules,
): boolean {
  if (wanted === undefined || had === undefined) return wanted === had
  if (wanted.params !== undefined && had.params !== undefined)
    return isDeepStrictEqual(wanted.params.map(plain), had.params.map(plain))
  const [first, second] = [wanted, had].map(({ text }) => json(text, isSecret))
  if (first !== undefined && second !== undefined) return isDeepStrictEqual(first, second)
  return wanted.text === had.text && wanted._encoding === had._encoding
}

function plain({ name, value, fileName, contentType }: HarParam): unknown {
  return [name, value, fileName, contentType]
}

/** In a box: JSON may be null. */
function json(text: string | undefined, isSecret: IsSecret): readonly unknown[] | undefined {
  const clean = jsonWithoutSecrets(text ?? '', isSecret)
  return clean === undefined ? undefined : [JSON.parse(clean)]
}
