/* What tests of networked programs need: throw-away certificates, roads in memory, faults, peers, a conformance suite. */

export {
  createCertificates,
  type Certificates,
  type IssuedCertificate,
  type IssueOptions,
} from './certificates.ts'
export { memoryPair, type MemoryOptions } from './memory-pair.ts'
export { memoryDialer } from './memory-dialer.ts'
export { faulty, withFaults } from './faults.ts'
export type { FaultPlan, Slowness } from './fault-plan.ts'
export { recordDialer } from './record-dialer.ts'
export { replayDialer } from './replay-dialer.ts'
export { delayed, type DelayedOptions } from './delayed.ts'
export { causeFault } from './cause-fault.ts'
export {
  actionWith,
  FaultRules,
  isFor,
  type FaultRule,
  type FaultVocabulary,
  type FaultWord,
} from './fault-rules.ts'
export { startEchoServer, type EchoServer, type EchoServerOptions } from './echo-server.ts'
export { checkDialer, type DialerUnderTest } from './check-dialer.ts'
export { checkProtocol, type CheckProtocolOptions } from './check-protocol.ts'
export type { CheckedClient, CheckedLogin, ProtocolUnderTest } from './protocol-stage.ts'
export { startSocksServer } from './socks-server.ts'
export { startConnectServer, type ConnectServerOptions } from './connect-server.ts'
export type { ProxyFault, ProxyRequest, ProxyServer, ProxyServerOptions } from './proxy-server.ts'
