/*
 * Which option was meant by a name that does not exist: the name that another library has for it, or a name of ours
 * that is spelled nearly so.
 */

/** Names of other libraries, and what is meant by each, the likeliest first: `{ query: ['params'] }`. */
export type Spellings = Readonly<Record<string, string | readonly string[]>>

/** The end of the message for an unknown option: `use params`. */
export function nameMeant(name: string, known: readonly string[], own: Spellings = {}): string {
  const shared = meantBy(SPELLINGS, name).find((each) =>
    known.includes(each.replace(NOT_THE_NAME, '')),
  )
  // What a call says itself may lead anywhere, also to another call.
  const foreign = meantBy(own, name)[0] ?? shared
  if (foreign !== undefined) return `use ${foreign}`
  const near = nearest(name, known)
  if (near !== undefined) return `did you mean ${near}?`
  return known.length === 0 ? 'it has no options' : `the options are ${known.join(', ')}`
}

function meantBy(spellings: Spellings, name: string): readonly string[] {
  const plain = bare(name)
  const found = Object.entries(spellings).find(([foreign]) => bare(foreign) === plain)?.[1] ?? []
  return typeof found === 'string' ? [found] : found
}

function nearest(name: string, known: readonly string[]): string | undefined {
  const plain = bare(name)
  const farthest = plain.length < 5 ? 1 : 2
  const [best] = known
    .map((each) => ({ each, away: distance(plain, bare(each)) }))
    .filter(({ each, away }) => away <= farthest && away < bare(each).length)
    .toSorted((a, b) => a.away - b.away)
  return best?.each
}

/** Letters only: `max_bytes`, `max-bytes` and `maxbytes` are one name. */
function bare(name: string): string {
  return name
    .slice(0, LONGEST)
    .toLowerCase()
    .replaceAll(/[^a-z0-9]/g, '')
}

/** How many letters must be changed, put in, left out or swapped with their neighbour. */
function distance(a: string, b: string): number {
  let before: number[] = []
  let row = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1] ? 0 : 1
      const swapped = a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]
      next[j] = Math.min(
        (row[j] ?? 0) + 1,
        (next[j - 1] ?? 0) + 1,
        (row[j - 1] ?? 0) + same,
        swapped ? (before[j - 2] ?? 0) + 1 : Infinity,
      )
    }
    before = row
    row = next
  }
  return row[b.length] ?? 0
}

const LONGEST = 64
const NOT_THE_NAME = /\W.*$/s

/** What other libraries and tools call what we call otherwise; a dot or a colon leads into the option. */
const SPELLINGS: Spellings = {
  abortSignal: 'signal',
  accept: 'headers: { accept }',
  agent: ['auth: agent()', 'dialer'],
  agents: 'dialer',
  allowRedirects: 'redirect',
  alpnProtocols: ['alpn', 'tls.alpn'],
  args: 'params',
  attachment: 'attachments',
  baseURL: 'baseUrl',
  body: ['json', 'input'],
  cafile: ['ca', 'tls.ca'],
  ca: 'tls.ca',
  cancelToken: 'signal',
  cert: 'tls.cert',
  chunkSize: 'highWaterMark',
  ciphers: 'tls.ciphers',
  compress: 'decompress',
  concurrentRequests: 'connections',
  connTimeout: ['timeout.connect', 'connect'],
  connectTimeout: ['timeout.connect', 'connect'],
  connectionTimeout: ['timeout.connect', 'connect'],
  content: 'body',
  credentials: 'auth',
  data: ['json', 'body', 'input'],
  debug: 'log',
  delays: 'delay',
  directory: ['cwd', 'folder'],
  encoding: 'output',
  followRedirect: 'redirect',
  followRedirects: 'redirect',
  forceIPv4: 'family',
  from: 'envelope.from',
  greetingTimeout: 'timeout.greeting',
  header: 'headers',
  helo: 'name',
  hostVerifier: 'hostKeys',
  hostHash: 'hostKeys',
  hostname: ['host', 'servername'],
  http2Only: 'http2',
  allowH2: 'http2',
  httpAgent: 'dialer',
  httpsAgent: ['tls', 'dialer'],
  https: 'tls',
  identity: 'auth: key(…)',
  identityFile: 'auth: key(…)',
  idleTimeout: ['idle', 'timeout.idle'],
  insecure: ['dangerouslySkipVerification', 'tls.dangerouslySkipVerification'],
  interceptors: 'middleware',
  hooks: 'middleware',
  keepaliveCountMax: 'keepAlive.count',
  keepaliveInterval: 'keepAlive.interval',
  keyFilename: 'auth: key(…)',
  limit: ['maxBytes', 'attempts', 'concurrency'],
  localName: 'name',
  logger: 'log',
  login: 'user',
  maxSize: 'max',
  maxAttempts: ['attempts', 'retry: { attempts }'],
  maxBodyLength: 'maxBytes',
  maxBuffer: 'maxBytes',
  maxConnections: 'connections',
  maxContentLength: 'maxBytes',
  maxRedirects: 'redirect',
  maxResponseSize: 'maxBytes',
  maxRetries: ['retry', 'attempts'],
  maxSockets: 'connections',
  mechanism: 'auth',
  onDownloadProgress: 'onProgress',
  onUploadProgress: 'onProgress',
  parallel: 'concurrency',
  pass: 'password',
  passwd: 'password',
  path: 'baseUrl',
  payload: ['json', 'body'],
  pfx: ['cert', 'tls.cert'],
  pool: 'connections',
  prefixUrl: 'baseUrl',
  privateKey: 'auth: key(…)',
  progress: 'onProgress',
  proxies: 'proxy',
  qs: 'params',
  query: 'params',
  readyTimeout: 'timeout',
  readTimeout: ['timeout.reply', 'reply'],
  recursively: 'recursive',
  rejectUnauthorized: ['dangerouslySkipVerification', 'tls: { dangerouslySkipVerification: true }'],
  requestTimeout: ['timeout', 'defaults: { timeout }'],
  responseTimeout: ['timeout.reply', 'reply'],
  retries: ['retry', 'attempts', 'defaults: { retry }'],
  retry: 'defaults: { retry }',
  times: 'attempts',
  tries: 'attempts',
  retryDelay: 'retry: { delay }',
  searchParams: 'params',
  secure: ['security', 'tls'],
  secureContext: 'tls',
  selfHandleResponse: 'middleware',
  sizeLimit: 'maxBytes',
  sni: ['servername', 'tls.servername'],
  sock: ['dialer', 'proxy'],
  socketPath: ['unixSocket', 'dialer'],
  socketTimeout: ['timeout.idle', 'idle'],
  ssl: 'tls',
  sslVerify: ['dangerouslySkipVerification', 'tls.dangerouslySkipVerification'],
  starttls: 'security',
  stdin: 'input',
  strictHostKeyChecking: 'hostKeys',
  strictSSL: ['dangerouslySkipVerification', 'tls: { dangerouslySkipVerification: true }'],
  timeout: 'defaults: { timeout }',
  timeoutMs: 'timeout',
  token: ['auth: bearer(…)', 'auth'],
  unixSocketPath: ['unixSocket', 'dialer'],
  uri: 'url',
  usePassive: 'passive',
  userAgent: "headers: { 'user-agent' }",
  username: 'user',
  validateStatus: 'throwHttpErrors',
  verify: ['dangerouslySkipVerification', 'tls.dangerouslySkipVerification'],
  workingDirectory: 'cwd',
}
