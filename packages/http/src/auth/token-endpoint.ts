/* The call to a token endpoint (RFC 6749 section 4.4, 5 and 6). It must not know who waits for the token. */

import { isNetError, type Credential, type Secret } from '@net/core'
import { clock, CredentialSource, netError } from '@net/core/authoring'

import { basic } from '../auth.ts'
import type { HttpClient } from '../http-client.ts'
import { HttpStatusError } from '../errors.ts'
import { post } from '../verbs.ts'

/** A token, and what renews it. */
export interface OAuthToken {
  readonly accessToken: string
  readonly refreshToken?: string | undefined
  /** In milliseconds since 1970; undefined where the server did not say. */
  readonly expires?: number | undefined
}

/** Where tokens come from, and who asks. */
export interface TokenEndpoint {
  readonly tokenUrl: string | URL
  readonly clientId: string
  readonly clientSecret?: Credential | undefined
  readonly scope?: string | undefined
  readonly params?: Readonly<Record<string, string>> | undefined
  readonly clientAuth?: 'basic' | 'body' | undefined
  readonly client?: Pick<HttpClient, 'post'> | undefined
}

/** Fetches a token: with the refresh token, or with the client's own credentials. Rejects with `NET_AUTH_EXPIRED` where the refresh token has ended. */
export async function fetchToken(
  endpoint: TokenEndpoint,
  refreshToken: string | undefined,
): Promise<OAuthToken> {
  const { tokenUrl, clientId, scope, params, clientAuth = 'basic', client } = endpoint
  const password = await clientSecretOf(endpoint)
  const inHeader = password !== undefined && clientAuth === 'basic'
  const form = {
    grant_type: refreshToken === undefined ? 'client_credentials' : 'refresh_token',
    refresh_token: refreshToken,
    scope,
    ...(inHeader ? {} : { client_id: clientId, client_secret: password?.reveal() }),
    ...params,
  }
  // RFC 6749 section 2.3.1: both are encoded as in a form before they are joined.
  const auth = inHeader ? { auth: basic(encoded(clientId), encoded(password.reveal())) } : {}
  const asked = clock().date()
  const call = {
    form,
    ...auth,
    headers: { accept: 'application/json' },
    redirect: false,
    retry: false,
    throwHttpErrors: true,
  } as const
  try {
    const answer = await (
      client === undefined ? post(tokenUrl, call) : client.post(tokenUrl, call)
    ).json()
    return tokenIn(answer, asked)
  } catch (error) {
    throw hasEnded(error, refreshToken) ? expired(error) : error
  }
}

async function clientSecretOf({
  clientSecret,
  clientId,
}: TokenEndpoint): Promise<Secret | undefined> {
  if (clientSecret === undefined) return undefined
  return new CredentialSource(clientSecret, { what: 'password', user: clientId }).get()
}

function tokenIn(answer: unknown, asked: number): OAuthToken {
  const { access_token, refresh_token, expires_in, token_type } = fieldsOf(answer)
  if (typeof access_token !== 'string' || access_token === '') {
    throw netError('NET_PROTO_UNEXPECTED', {
      message: 'the answer of the token endpoint has no access_token',
    })
  }
  if (typeof token_type === 'string' && token_type.toLowerCase() !== 'bearer') {
    throw netError('NET_AUTH_NO_METHOD', {
      message: 'the token endpoint gave a token that is no bearer token',
    })
  }
  // Some write it as text, some leave it out.
  const seconds = /^\d{1,12}$/.test(String(expires_in)) ? Number(expires_in) : undefined
  return {
    accessToken: access_token,
    ...(typeof refresh_token === 'string' ? { refreshToken: refresh_token } : {}),
    ...(seconds === undefined ? {} : { expires: asked + seconds * 1000 }),
  }
}

function fieldsOf(answer: unknown): Record<string, unknown> {
  return typeof answer === 'object' && answer !== null ? { ...answer } : {}
}

function hasEnded(error: unknown, refreshToken: string | undefined): boolean {
  if (refreshToken === undefined || !(error instanceof HttpStatusError)) return false
  return error.status === 400 && /"error"\s*:\s*"invalid_grant"/.test(error.reply?.text ?? '')
}

function expired(cause: unknown): Error {
  return netError('NET_AUTH_EXPIRED', {
    message: 'the refresh token has ended or was revoked: the user has to log in again',
    retry: 'never',
    sent: true,
    ...(isNetError(cause) && cause.reply !== undefined ? { reply: cause.reply } : {}),
    cause,
  })
}

function encoded(text: string): string {
  return new URLSearchParams({ text }).toString().slice('text='.length)
}
