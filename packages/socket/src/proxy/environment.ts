/*
 * Which proxy the environment asks for. The variables are those of curl, Python and most others: `http_proxy`,
 * `https_proxy`, `all_proxy` and `no_proxy`, in lower or upper case.
 */

import { isLoopback, type Endpoint } from '@net/core'

import { noProxy } from './no-proxy.ts'

/** What the environment says about one endpoint. */
export interface EnvironmentChoice {
  /** The URL of the proxy, credentials included; absent for the straight road. */
  readonly proxy?: string
  /** The variable that decided, or why none did. */
  readonly why: string
}

/**
 * Which proxy the variables ask for on the way to the endpoint: that of its scheme, `http` or `https`, else that for
 * all. Lower case wins, also where it is empty, which stands for none. Loopback is always reached straight.
 * `HTTP_PROXY` is not read in a CGI program, where the sender of a request chooses its value.
 */
export function environmentProxy(
  endpoint: Endpoint,
  env: Readonly<Record<string, string | undefined>> = process.env,
): EnvironmentChoice {
  if (endpoint.path !== undefined || isLoopback(endpoint.host)) return { why: 'this machine' }
  const found = first(namesFor(endpoint.scheme, env), env)
  if (found === undefined) return { why: 'no variable' }
  if (found.value === '') return { why: found.name }
  const except = first(['no_proxy', 'NO_PROXY'], env)
  if (except !== undefined && noProxy(except.value)(endpoint)) return { why: except.name }
  return { proxy: found.value, why: found.name }
}

/** The URL in a variable, which may leave out `http://`. */
export function variableUrl(value: string): string {
  return value.includes('://') ? value : `http://${value}`
}

function namesFor(
  scheme: string,
  env: Readonly<Record<string, string | undefined>>,
): readonly string[] {
  const all = ['all_proxy', 'ALL_PROXY']
  if (scheme === 'https') return ['https_proxy', 'HTTPS_PROXY', ...all]
  if (scheme !== 'http') return all
  // CGI gives the field `Proxy` of a request to the program as HTTP_PROXY (CVE-2016-5386).
  return env['REQUEST_METHOD'] === undefined
    ? ['http_proxy', 'HTTP_PROXY', ...all]
    : ['http_proxy', ...all]
}

function first(
  names: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): { readonly name: string; readonly value: string } | undefined {
  for (const name of names) {
    const value = env[name]
    if (value !== undefined) return { name, value: value.trim() }
  }
  return undefined
}
