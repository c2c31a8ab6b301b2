/*
 * What the options may be that give all protocols their road, for the tables of their doors: one meaning of
 * `dialer`, `proxy`, `block`, `tls` and `keepAlive` everywhere.
 */

import { option, type Shape } from '@net/core/authoring'

import { block, type BlockOption } from './admit.ts'
import { dialer, type Dialer } from './dialer.ts'
import { keepAlive, type KeepAliveOption } from './keep-alive.ts'
import { proxy, type ProxyOption } from './proxy/choose.ts'
import { proxyLoginTime } from './proxy/connect-dialer.ts'
import type { ProxyLoginTime } from './proxy/http-login.ts'
import { tlsOptions, type TlsOptions } from './tls/options.ts'

/** A shape for each option that all `connect` and `createClient` share. */
export interface RoadShapes {
  readonly block: Shape<BlockOption>
  readonly dialer: Shape<Dialer>
  readonly keepAlive: Shape<KeepAliveOption>
  readonly proxy: Shape<ProxyOption>
  readonly proxyLogin: Shape<ProxyLoginTime>
  readonly tls: Shape<TlsOptions>
}

/** The shapes of the options that name a road: `optionsDoor(place, { ...option.perCall, dialer: roadOption.dialer })`. */
export const roadOption: RoadShapes = {
  block,
  dialer,
  keepAlive,
  proxy,
  proxyLogin: proxyLoginTime,
  tls: tlsOptions,
}

/** How small writes leave and from where a socket connects. */
export const socketShapes: {
  readonly localAddress: Shape<string>
  readonly localPort: Shape<number>
  readonly keepAlive: Shape<KeepAliveOption>
  readonly noDelay: Shape<boolean>
} = {
  localAddress: option.text,
  localPort: option.between(0, 65_535),
  keepAlive,
  noDelay: option.flag,
}
