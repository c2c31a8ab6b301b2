/* One request of the command line, to stdout or into a file. */

import { existsSync } from 'node:fs'

import { isNetError } from '@net/core'
import { netError } from '@net/core/authoring'
import type { HttpClient, HttpResponse, RequestOptions } from '@net/http'

import type { Call } from '../call.ts'
import { ProgressView } from '../output/progress-view.ts'
import { isWhole, takeTime, tellSaved, type SavedFile, type ToldFile } from '../saved-file.ts'
import type { Session } from '../session.ts'
import { UsageError } from '../usage-error.ts'
import { printBody, printHead, refuseRedirect } from './answer.ts'
import { requestOptions } from './request.ts'
import { nameInHeader, nameInUrl } from './saved-name.ts'

/** A request. */
export interface Wish {
  readonly method: string
  readonly url: string
  readonly body?: Pick<RequestOptions, 'body' | 'multipart' | 'headers'>
  /** The files that this run has saved so far; of two answers with one name neither replaces the other. */
  readonly saved?: Set<string>
}

/** Sends the request and prints or saves what comes. */
export async function fetchDocument(call: Call, session: Session, wish: Wish): Promise<void> {
  const { options } = call
  if (options.dryRun === true) return printRequest(call, session, wish)
  const target = fileFor(call, wish.url)
  if (options.remoteName === true && options.resume === true) {
    throw new UsageError('--resume needs a name that is known before: give -o or -O')
  }
  if (target !== undefined && wish.body === undefined && wish.method === 'GET') {
    return download(call, session, { wish, target })
  }
  const view = viewOf(call, target ?? wish.url, target !== undefined)
  try {
    await using response = await answer(call, session, { wish, onProgress: view.onProgress })
    await takeAnswer(call, response, { wish, target })
  } finally {
    view.done()
  }
}

async function takeAnswer(
  call: Call,
  response: HttpResponse,
  { wish, target }: { readonly wish: Wish; readonly target: string | undefined },
): Promise<void> {
  const { options, output } = call
  const given = options.remoteName === true ? nameInHeader(response.headers) : undefined
  const file = given ?? (options.remoteName === true ? nameInUrl(wish.url) : target)
  if (file === undefined) {
    if (options.include === true && !output.json) await printHead(call, response)
    return printBody(call, response)
  }
  refuseToReplace(call, wish, file)
  const { toFile } = await import('@net/core')
  const size = await response.saveTo(toFile(file))
  return saved(call, wish, { file, size, url: response.url })
}

/** The answer to the request. Rejects for an error of HTTP, and for a redirect that is not followed. */
export async function answer(
  call: Call,
  session: Session,
  { wish, onProgress }: { readonly wish: Wish; readonly onProgress?: RequestOptions['onProgress'] },
): Promise<HttpResponse> {
  const client = await session.http()
  const response = await client.request(wish.method, wish.url, {
    ...(await allOptions(call, wish)),
    onProgress,
  })
  refuseRedirect(response, call)
  return response
}

async function allOptions(call: Call, { body = {} }: Wish): Promise<RequestOptions> {
  const { headers: own = [], ...rest } = await requestOptions(call)
  const { headers: ofBody = {}, ...content } = body
  const given = [...(own as Iterable<readonly [string, string]>)]
  const names = new Set(given.map(([name]) => name.toLowerCase()))
  const added = Object.entries(ofBody).filter(([name]) => !names.has(name))
  return { ...rest, ...content, headers: [...added, ...given] as [string, string][] }
}

async function download(
  call: Call,
  session: Session,
  { wish, target }: { readonly wish: Wish; readonly target: string },
): Promise<void> {
  const { options, output } = call
  const { url } = wish
  const client = await session.http()
  if (await isWholeHere(call, client, { wish, target })) return
  refuseToReplace(call, wish, target)
  const view = viewOf(call, target, true)
  const { toFile } = await import('@net/core')
  try {
    const result = await client.download(url, toFile(target, { keepPart: true }), {
      ...(await requestOptions(call)),
      resume: options.resume === true,
      onProgress: view.onProgress,
      redirect: options.location === true,
    })
    view.done()
    if (options.include === true)
      output.note([...result.headers].map((field) => field.join(': ')).join('\n'))
    await takeTime(target, toldIn(result.headers))
    await saved(call, wish, { file: target, size: result.size, url: result.url })
  } finally {
    view.done()
  }
}

/** Whether an earlier run has saved all of it; the server is asked only of a file that may be it. */
async function isWholeHere(
  call: Call,
  client: HttpClient,
  { wish, target }: { readonly wish: Wish; readonly target: string },
): Promise<boolean> {
  const { options, signal } = call
  const isAsked = options.resume === true && options.force !== true && existsSync(target)
  if (!isAsked || wish.saved?.has(target) === true) return false
  const asked = { ...(await requestOptions(call)), decompress: false }
  const answered = client.request('HEAD', wish.url, asked)
  const response = await answered.catch((error: unknown) => {
    // Why it cannot be had, the request for it says.
    if (signal.aborted || !isNetError(error)) throw error
    return undefined
  })
  if (response === undefined || response.status !== 200) return false
  const told = toldIn(response.headers)
  if (!(await isWhole(target, told))) return false
  await saved(call, wish, { file: target, size: told.size ?? 0, url: response.url, isOld: true })
  return true
}

/** What the header fields of an answer tell of the whole file. */
function toldIn(headers: HttpResponse['headers']): ToldFile {
  const length = headers.get('content-length') ?? ''
  const modified = Date.parse(headers.get('last-modified') ?? '')
  const isPlain = headers.get('content-encoding') === undefined && /^\d{1,15}$/.test(length)
  return {
    size: isPlain ? Number(length) : undefined,
    modified: Number.isNaN(modified) ? undefined : modified,
  }
}

function viewOf(call: Call, label: string, isSaved: boolean): ProgressView {
  const { io, output, options } = call
  // On a terminal the document itself is the progress.
  const isShown = isSaved || !output.isTerminal
  return new ProgressView(isShown ? io.stderr : HIDDEN, output, {
    label,
    lines: options.progress === true,
  })
}

function saved(call: Call, wish: Wish, file: SavedFile): Promise<void> {
  wish.saved?.add(file.file)
  return tellSaved(call, file)
}

/** Prints the request in place of sending it. */
export async function printRequest(call: Call, session: Session, wish: Wish): Promise<void> {
  const { toCurl } = await import('@net/http')
  const client = await session.http()
  const { signal: _, timeout: _1, retry: _2, ...options } = await allOptions(call, wish)
  const line = toCurl(client.build(wish.method, wish.url, options))
  await call.output.result(
    { type: 'request', method: wish.method, url: wish.url, curl: line },
    line,
  )
}

/** The file that is known before the answer. */
function fileFor({ options }: Call, url: string): string | undefined {
  const { output, save, remoteName } = options
  if (output !== undefined && output !== '-') return output
  return save === true && remoteName !== true ? nameInUrl(url) : undefined
}

function refuseToReplace({ options }: Call, wish: Wish, file: string): void {
  if (wish.saved?.has(file) === true) {
    const message = `${file} was saved for another of the URLs: give each its own -o`
    throw netError('NET_EXISTS', { message })
  }
  // What was named with -o is meant to be there afterwards, whatever was there before.
  if (options.force === true || options.output !== undefined || !existsSync(file)) return
  throw netError('NET_EXISTS', { message: `${file} is there already: --force replaces it` })
}

const HIDDEN = { isTTY: false, columns: 0 } as unknown as Call['io']['stderr']
