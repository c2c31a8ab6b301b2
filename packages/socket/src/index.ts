/* Connections over any road, their TLS, listeners and framing. */

export { connect, type ConnectOptions } from './connect.ts'
export {
  listen,
  type ConnectionHandler,
  type ConnectionServer,
  type ListenOptions,
} from './listen.ts'
export type { CloseOptions } from '@net/core'
export type {
  Connection,
  ReadLimitOptions,
  ReadLineOptions,
  ReadSomeOptions,
  ReadTextOptions,
  StartTlsOptions,
  WaitOptions,
  WebStreams,
} from './connection.ts'
export { pipe, type PipedBytes, type PipeOptions } from './pipe.ts'
export {
  bindDatagram,
  type DatagramOptions,
  type MulticastOptions,
} from './datagram/bind-datagram.ts'
export type { Datagram, DatagramSocket, GroupOptions } from './datagram/datagram-socket.ts'
export type { Overflow } from './datagram/inbox.ts'
export type { FrameCodec } from './framing/frame-codec.ts'
export { delimited, type DelimitedOptions } from './framing/delimited.ts'
export { jsonLines, type JsonLinesOptions } from './framing/json-lines.ts'
export { lengthPrefixed, type LengthPrefixedOptions } from './framing/length-prefixed.ts'
export { lines, type LineCodec, type LineOptions } from './framing/lines.ts'
export { texts, type TextOptions } from './framing/texts.ts'
export { netstrings, type NetstringOptions } from './framing/netstrings.ts'
export { secure, secureServer } from './tls/secure.ts'
export type { SecureOptions } from './tls/secure-options.ts'
export { publicKeyPin, verifyPeer } from './tls/identity.ts'
export type { TlsInfo } from './tls/info.ts'
export type { ServerTls, TlsMaterial, TlsOptions, TlsVersion } from './tls/options.ts'
export {
  tlsSessionCache,
  type TlsSessionCache,
  type TlsSessionCacheOptions,
} from './tls/session-cache.ts'
export { fetchCertificates, type FetchCertificatesOptions } from './tls/fetch-certificates.ts'
export { tcpDialer, type TcpDialerOptions } from './tcp-dialer.ts'
export { unixDialer } from './unix-dialer.ts'
export { socksDialer, type SocksDialerOptions } from './proxy/socks-dialer.ts'
export { connectDialer, type ConnectDialerOptions } from './proxy/connect-dialer.ts'
export type { ProxyLoginTime } from './proxy/http-login.ts'
export {
  chooseRoad,
  type ChosenRoad,
  type ProxyChain,
  type ProxyOption,
  type RoadChoice,
  type RoadExplanation,
} from './proxy/choose.ts'
export type { Forwarder, ForwardingProxy, ForwardRefusal } from './proxy/forward.ts'
export type { KeepAlive, KeepAliveOption } from './keep-alive.ts'
export { roadOption, type RoadShapes } from './road-options.ts'
export { resolve, reverse, type ResolveOptions, type ReverseOptions } from './name-lookup.ts'
export {
  cachingResolver,
  type CachingResolver,
  type CachingResolverOptions,
} from './caching-resolver.ts'
export { dnsResolver, type DnsResolverOptions } from './dns-resolver.ts'
export { addressUse, ipNetwork, type AddressUse, type IpNetwork } from './ip-network.ts'
export { systemResolver, type ResolvedAddress, type Resolver } from './resolver.ts'
export type { BlockOption } from './admit.ts'
export type { Admit, BindOptions, Dialer, DialOptions, TransportListener } from './dialer.ts'
export type { ConnectionInfo, Hop, Inflow, ByteReceiver, Transport } from './transport.ts'
export { isOnThisMachine, isProtected } from './protection.ts'
export { overTransport, type ConnectionOptions } from './stream-connection.ts'
export { fromSocket, type FromSocketOptions } from './from-socket.ts'
export { fromStreams, type StreamHalves } from './from-streams.ts'
export { toSocket } from './handover.ts'
export { socketOver, type SocketOverOptions } from './socket-over.ts'
export { agentOver, type AgentOverOptions } from './agent-over.ts'
export { proxyProtocolDialer, type ProxyProtocolOptions } from './proxy/proxy-protocol.ts'
