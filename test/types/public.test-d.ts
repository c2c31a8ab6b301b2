// What the compiler must accept and refuse for users. Checked by `pnpm typecheck`; never run.
import { expectTypeOf } from 'vitest'

import { map, taskGroup } from '@net/async'
import {
  fromFile,
  isNetError,
  type CallDefaults,
  type CallOptions,
  type ConsoleSinkOptions,
  type EndpointOptions,
  type FromFileOptions,
  type LoggerSinkOptions,
  type LogOptions,
  type NetErrorCode,
  type RetryPolicyOptions,
  type Source,
  type TimeoutOptions,
  type ToFileOptions,
} from '@net/core'
import * as http from '@net/http'
import { connect, type Connection, type Dialer } from '@net/socket'

export async function http_(): Promise<void> {
  expectTypeOf(await http.get('http://localhost').json<{ id: number }>()).toEqualTypeOf<{
    id: number
  }>()
  expectTypeOf(await http.get('http://localhost').json()).toBeUnknown()
  expectTypeOf(await http.get('http://localhost')).toEqualTypeOf<http.HttpResponse>()
  // @ts-expect-error a misspelt option
  await http.get('http://localhost', { timeOut: 1 })
  // @ts-expect-error a dialer and a socket are no numbers
  http.createClient({ dialer: 1 })
}

export function sources(): void {
  expectTypeOf(fromFile('report.csv')).toExtend<Source>()
  // @ts-expect-error a bare string is never a source: is it a path, or text?
  const source: Source = 'report.csv'
  expectTypeOf(source)
}

export function errors(error: unknown): void {
  if (!isNetError(error)) return
  expectTypeOf(error.code).toEqualTypeOf<NetErrorCode>()
  // @ts-expect-error no such code
  expectTypeOf(error.code === 'NET_NO_SUCH_CODE').toBeBoolean()
}

export async function concurrency(): Promise<void> {
  expectTypeOf(await map([1, 2], async (item) => String(item), { concurrency: 2 })).toEqualTypeOf<
    string[]
  >()
  // @ts-expect-error how many at a time is a decision
  await map([1, 2], async (item) => item)
  expectTypeOf(
    await taskGroup(async (group) => group.spawn('one', async () => 1).result),
  ).toEqualTypeOf<number>()
}

export async function sockets(dialer: Dialer): Promise<void> {
  expectTypeOf(await connect('tcp://localhost:1', { dialer })).toEqualTypeOf<Connection>()
  // @ts-expect-error danger has a name of its own
  await connect('tls://localhost:1', { tls: { rejectUnauthorized: false } })
}

export function undefinedIsNothing(): void {
  expectTypeOf<Undefined<CallOptions>>().toExtend<CallOptions>()
  expectTypeOf<Undefined<CallDefaults>>().toExtend<CallDefaults>()
  expectTypeOf<Undefined<TimeoutOptions>>().toExtend<TimeoutOptions>()
  expectTypeOf<Undefined<RetryPolicyOptions>>().toExtend<RetryPolicyOptions>()
  expectTypeOf<Undefined<FromFileOptions>>().toExtend<FromFileOptions>()
  expectTypeOf<Undefined<ToFileOptions>>().toExtend<ToFileOptions>()
  expectTypeOf<Undefined<EndpointOptions>>().toExtend<EndpointOptions>()
  expectTypeOf<Undefined<LogOptions>>().toExtend<LogOptions>()
  expectTypeOf<Undefined<ConsoleSinkOptions>>().toExtend<ConsoleSinkOptions>()
  expectTypeOf<Undefined<LoggerSinkOptions>>().toExtend<LoggerSinkOptions>()
}

export async function repeats(): Promise<void> {
  await http.get('http://localhost', { retry: 3 })
  await http.get('http://localhost', { retry: false, signal: undefined })
  await http.get('http://localhost', { retry: { attempts: 3, delay: 10, jitter: 'none' } })
  // @ts-expect-error a number says how often; true says nothing
  await http.get('http://localhost', { retry: true })
}

export function undefinedIsNothingOverHttp(): void {
  expectTypeOf<Undefined<http.RequestOptions>>().toExtend<http.RequestOptions>()
  expectTypeOf<Undefined<http.ClientOptions>>().toExtend<http.ClientOptions>()
  expectTypeOf<Undefined<http.RedirectOptions>>().toExtend<http.RedirectOptions>()
  expectTypeOf<Undefined<http.NetrcOptions>>().toExtend<http.NetrcOptions>()
  expectTypeOf<Undefined<http.ResponseContent>>().toExtend<http.ResponseContent>()
}

/** Every option is there as `undefined`, as spread configurations have them. */
type Undefined<T> = { readonly [K in keyof T]-?: undefined }
