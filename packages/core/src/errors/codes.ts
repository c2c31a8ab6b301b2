/*
 * The one table of error codes, from which `docs/errors.md` is generated. A code is stable API; its class is
 * what people catch; `retry` is what holds unless the place that throws knows better. The tree:
 *
 *   NetError
 *   ├─ AbortError            the caller's signal
 *   ├─ NetTimeoutError       one code per key of `timeout`
 *   ├─ ConnectError          names, routes, refusals
 *   ├─ ProxyError            a proxy failed or refused
 *   ├─ TlsError              certificates and handshakes
 *   ├─ HostKeyError          SSH host keys
 *   ├─ AuthError             credentials
 *   ├─ ConnectionLostError   it was there and is gone
 *   ├─ ProtocolError         the peer broke the rules
 *   ├─ ReplyError            the peer answered "no"
 *   ├─ PartialError          some of it happened, or it is unknown
 *   ├─ RedirectError         too many hops
 *   ├─ IntegrityError        what arrived is not what was sent
 *   ├─ PolicyError           a safety rule of ours refused
 *   ├─ LocalIoError          our own disk or descriptors
 *   ├─ StateError            called at the wrong time
 *   ├─ ArgumentError         called with the wrong thing
 *   ├─ RetryError            attempts that ended in a foreign error
 *   └─ GroupError            several at once
 */

/** Whether a repeat is harmless: surely not processed (`safe`), unknown (`idempotent`), pointless (`never`). */
export type RetryClass = 'safe' | 'idempotent' | 'never'

/** The names of the error classes of this package. */
export type ErrorClassName =
  | 'AbortError'
  | 'ArgumentError'
  | 'AuthError'
  | 'ConnectError'
  | 'ConnectionLostError'
  | 'GroupError'
  | 'HostKeyError'
  | 'IntegrityError'
  | 'LocalIoError'
  | 'NetError'
  | 'NetTimeoutError'
  | 'PartialError'
  | 'PolicyError'
  | 'ProtocolError'
  | 'ProxyError'
  | 'RedirectError'
  | 'ReplyError'
  | 'RetryError'
  | 'StateError'
  | 'TlsError'

/** A row of the table of codes: the class it makes and its retry class. */
export interface CodeRow {
  readonly class: ErrorClassName
  readonly retry: RetryClass
}

/** Every code with its class and retry class. */
export const codes = {
  NET_ABORTED: { class: 'AbortError', retry: 'never' },
  NET_TIMEOUT_RESOLVE: { class: 'NetTimeoutError', retry: 'safe' },
  NET_TIMEOUT_CONNECT: { class: 'NetTimeoutError', retry: 'safe' },
  NET_TIMEOUT_PROXY: { class: 'NetTimeoutError', retry: 'safe' },
  NET_TIMEOUT_TLS: { class: 'NetTimeoutError', retry: 'safe' },
  NET_TIMEOUT_GREETING: { class: 'NetTimeoutError', retry: 'safe' },
  NET_TIMEOUT_AUTH: { class: 'NetTimeoutError', retry: 'safe' },
  NET_TIMEOUT_POOL: { class: 'NetTimeoutError', retry: 'safe' },
  NET_TIMEOUT_REPLY: { class: 'NetTimeoutError', retry: 'idempotent' },
  NET_TIMEOUT_WRITE: { class: 'NetTimeoutError', retry: 'idempotent' },
  NET_TIMEOUT_IDLE: { class: 'NetTimeoutError', retry: 'idempotent' },
  NET_TIMEOUT_TOTAL: { class: 'NetTimeoutError', retry: 'idempotent' },
  NET_TIMEOUT_KEEPALIVE: { class: 'NetTimeoutError', retry: 'idempotent' },
  NET_DNS_NOT_FOUND: { class: 'ConnectError', retry: 'never' },
  NET_DNS_TEMPORARY: { class: 'ConnectError', retry: 'safe' },
  NET_CONNECT_REFUSED: { class: 'ConnectError', retry: 'safe' },
  NET_CONNECT_UNREACHABLE: { class: 'ConnectError', retry: 'safe' },
  NET_CONNECT_ALL_FAILED: { class: 'ConnectError', retry: 'safe' },
  NET_PROXY_UNREACHABLE: { class: 'ProxyError', retry: 'safe' },
  NET_PROXY_AUTH: { class: 'ProxyError', retry: 'never' },
  NET_PROXY_REFUSED: { class: 'ProxyError', retry: 'never' },
  NET_TLS_CERT_UNTRUSTED: { class: 'TlsError', retry: 'never' },
  NET_TLS_CERT_EXPIRED: { class: 'TlsError', retry: 'never' },
  NET_TLS_CERT_HOST: { class: 'TlsError', retry: 'never' },
  NET_TLS_CERT_PIN: { class: 'TlsError', retry: 'never' },
  NET_TLS_CERT_REVOKED: { class: 'TlsError', retry: 'never' },
  NET_TLS_HANDSHAKE: { class: 'TlsError', retry: 'never' },
  NET_TLS_NOT_TLS: { class: 'TlsError', retry: 'never' },
  NET_HOSTKEY_UNKNOWN: { class: 'HostKeyError', retry: 'never' },
  NET_HOSTKEY_CHANGED: { class: 'HostKeyError', retry: 'never' },
  NET_HOSTKEY_REVOKED: { class: 'HostKeyError', retry: 'never' },
  NET_AUTH_REJECTED: { class: 'AuthError', retry: 'never' },
  NET_AUTH_NO_METHOD: { class: 'AuthError', retry: 'never' },
  NET_AUTH_PARTIAL: { class: 'AuthError', retry: 'never' },
  NET_AUTH_TOO_MANY: { class: 'AuthError', retry: 'never' },
  NET_AUTH_EXPIRED: { class: 'AuthError', retry: 'never' },
  NET_CREDENTIAL_INVALID: { class: 'AuthError', retry: 'never' },
  NET_CONN_CLOSED: { class: 'ConnectionLostError', retry: 'idempotent' },
  NET_CONN_RESET: { class: 'ConnectionLostError', retry: 'idempotent' },
  NET_CONN_SHUTDOWN: { class: 'ConnectionLostError', retry: 'idempotent' },
  NET_PROTO_MALFORMED: { class: 'ProtocolError', retry: 'never' },
  NET_PROTO_UNEXPECTED: { class: 'ProtocolError', retry: 'never' },
  NET_PROTO_LIMIT: { class: 'ProtocolError', retry: 'never' },
  NET_PROTO_DECODE: { class: 'ProtocolError', retry: 'never' },
  NET_PROTO_NEGOTIATION: { class: 'ProtocolError', retry: 'never' },
  NET_PROTO_INCOMPLETE: { class: 'ProtocolError', retry: 'idempotent' },
  NET_REPLY_TEMPORARY: { class: 'ReplyError', retry: 'idempotent' },
  NET_REPLY_PERMANENT: { class: 'ReplyError', retry: 'never' },
  NET_NOT_FOUND: { class: 'ReplyError', retry: 'never' },
  NET_ACCESS_DENIED: { class: 'ReplyError', retry: 'never' },
  NET_EXISTS: { class: 'ReplyError', retry: 'never' },
  NET_NOT_EMPTY: { class: 'ReplyError', retry: 'never' },
  NET_NO_SPACE: { class: 'ReplyError', retry: 'never' },
  NET_UNSUPPORTED: { class: 'ReplyError', retry: 'never' },
  NET_BAD_NAME: { class: 'ReplyError', retry: 'never' },
  NET_EXIT_STATUS: { class: 'ReplyError', retry: 'never' },
  NET_EXIT_SIGNAL: { class: 'ReplyError', retry: 'never' },
  NET_PARTIAL_RECIPIENTS: { class: 'PartialError', retry: 'never' },
  NET_PARTIAL_TRANSFER: { class: 'PartialError', retry: 'never' },
  NET_DELIVERY_UNKNOWN: { class: 'PartialError', retry: 'never' },
  NET_REDIRECT_LIMIT: { class: 'RedirectError', retry: 'never' },
  NET_SIZE_MISMATCH: { class: 'IntegrityError', retry: 'idempotent' },
  NET_CHECKSUM_MISMATCH: { class: 'IntegrityError', retry: 'idempotent' },
  NET_ADDRESS_BLOCKED: { class: 'PolicyError', retry: 'never' },
  NET_TLS_UNAVAILABLE: { class: 'PolicyError', retry: 'never' },
  NET_WEAK_ALGORITHM: { class: 'PolicyError', retry: 'never' },
  NET_REDIRECT_FORBIDDEN: { class: 'PolicyError', retry: 'never' },
  NET_LOCAL_IO: { class: 'LocalIoError', retry: 'never' },
  NET_BIND_IN_USE: { class: 'LocalIoError', retry: 'never' },
  NET_BIND_DENIED: { class: 'LocalIoError', retry: 'never' },
  NET_LOCAL_LIMIT: { class: 'LocalIoError', retry: 'safe' },
  NET_CLOSED: { class: 'StateError', retry: 'never' },
  NET_BUSY: { class: 'StateError', retry: 'never' },
  NET_NOT_HELD: { class: 'StateError', retry: 'never' },
  NET_BODY_CONSUMED: { class: 'StateError', retry: 'never' },
  NET_BODY_NOT_REPLAYABLE: { class: 'StateError', retry: 'never' },
  NET_BARRIER_BROKEN: { class: 'StateError', retry: 'never' },
  NET_RUNTIME_UNSUPPORTED: { class: 'StateError', retry: 'never' },
  NET_TASK_LEAKED: { class: 'StateError', retry: 'never' },
  NET_QUEUE_FULL: { class: 'StateError', retry: 'safe' },
  NET_QUEUE_EMPTY: { class: 'StateError', retry: 'safe' },
  NET_CIRCUIT_OPEN: { class: 'StateError', retry: 'safe' },
  NET_QUEUE_CLOSED: { class: 'StateError', retry: 'never' },
  NET_BAD_URL: { class: 'ArgumentError', retry: 'never' },
  NET_BAD_HEADER: { class: 'ArgumentError', retry: 'never' },
  NET_BAD_ADDRESS: { class: 'ArgumentError', retry: 'never' },
  NET_BAD_OPTION: { class: 'ArgumentError', retry: 'never' },
  NET_BAD_CONFIG: { class: 'ArgumentError', retry: 'never' },
  NET_INJECTION: { class: 'ArgumentError', retry: 'never' },
  NET_RETRIES_EXHAUSTED: { class: 'RetryError', retry: 'never' },
  NET_GROUP: { class: 'GroupError', retry: 'never' },
  NET_INTERNAL: { class: 'NetError', retry: 'never' },
} as const

/** A stable error code, `NET_…`. */
export type NetErrorCode = keyof typeof codes

/** What each code means, then what to do about it. */
export const meanings: Readonly<Record<NetErrorCode, string>> = {
  NET_ABORTED: "The caller's signal was aborted. Nothing to mend; `cause` is the reason.",
  NET_TIMEOUT_RESOLVE:
    'The name was not resolved in time. Check the resolver, or raise `timeout.resolve`.',
  NET_TIMEOUT_CONNECT:
    'No address accepted a connection in time. Check host, port and firewall, or raise `timeout.connect`.',
  NET_TIMEOUT_PROXY: 'A proxy did not answer in time. Check the proxy, or raise `timeout.proxy`.',
  NET_TIMEOUT_TLS:
    'The TLS handshake was not finished in time. Check that the port speaks TLS, or raise `timeout.tls`.',
  NET_TIMEOUT_GREETING:
    "The server's greeting did not arrive in time. Check that the port speaks this protocol, or raise `timeout.greeting`.",
  NET_TIMEOUT_AUTH:
    'The login was not answered in time. Raise `timeout.auth` for slow directories.',
  NET_TIMEOUT_POOL:
    "No connection of the pool became free in time. Raise the pool's size or `timeout.pool`, and close what holds connections.",
  NET_TIMEOUT_REPLY:
    'The peer did not begin its reply in time. Raise `timeout.reply` for slow servers.',
  NET_TIMEOUT_WRITE:
    'The peer did not accept our bytes in time. Check the peer, or raise `timeout.write`.',
  NET_TIMEOUT_IDLE:
    'Less than 1 KiB moved within the limit while we waited for the peer, or nothing of what is read piece by piece. Raise `timeout.idle` if such a pause is expected.',
  NET_TIMEOUT_TOTAL:
    'The call as a whole took longer than its limit. Raise `timeout.total`, or the number given as `timeout`.',
  NET_TIMEOUT_KEEPALIVE:
    'The peer stopped answering keep-alive probes. Connect again; the peer or the network to it is gone.',
  NET_DNS_NOT_FOUND: 'The name does not exist. Check the spelling of the host.',
  NET_DNS_TEMPORARY: 'The resolver could not answer at the moment. Repeat later.',
  NET_CONNECT_REFUSED:
    'The host answered that no server listens on that port. Check the port, and that the server runs.',
  NET_CONNECT_UNREACHABLE: 'The host cannot be reached. Check the network, VPN and routes.',
  NET_CONNECT_ALL_FAILED:
    'Every address of the host failed; `errors` has one error per address. Look at `errors`.',
  NET_PROXY_UNREACHABLE: "The proxy could not be reached. Check the proxy's address.",
  NET_PROXY_AUTH:
    'The proxy wants credentials, or refused ours. Check the user and password of the proxy.',
  NET_PROXY_REFUSED: "The proxy refused to connect to the target. Check the proxy's rules.",
  NET_TLS_CERT_UNTRUSTED:
    "The certificate is not signed by an authority that we trust. Pass the authority's certificate as `tls.ca`.",
  NET_TLS_CERT_EXPIRED:
    'The certificate is expired or not yet valid. Renew it, or check the clocks.',
  NET_TLS_CERT_HOST:
    'The certificate is for another host name. Use the name in the certificate, or set `tls.servername`.',
  NET_TLS_CERT_PIN:
    "The certificate is not one of the pinned ones. Check whether the server's key was changed on purpose, then update `tls.pins`.",
  NET_TLS_CERT_REVOKED: "The certificate was revoked. Do not connect; ask the server's owner.",
  NET_TLS_HANDSHAKE:
    'The TLS handshake failed. Look at `cause`; versions or ciphers may not overlap.',
  NET_TLS_NOT_TLS: 'The peer does not speak TLS on this port. Check the port and the scheme.',
  NET_HOSTKEY_UNKNOWN:
    "The server's host key is not known. Compare the fingerprint with the owner's, then add it to known_hosts.",
  NET_HOSTKEY_CHANGED:
    "The server's host key is not the one that is known. Find out why before you connect; someone may be in the middle.",
  NET_HOSTKEY_REVOKED:
    "The server's host key is marked as revoked. Do not connect; ask the server's owner.",
  NET_AUTH_REJECTED: 'The peer refused the credentials. Check user and password or key.',
  NET_AUTH_NO_METHOD:
    'Peer and caller have no login method in common. Offer a method that the peer accepts.',
  NET_AUTH_PARTIAL:
    'The peer accepted one step and wants another. Give credentials for the further step.',
  NET_AUTH_TOO_MANY:
    'The peer gave up after too many attempts. Offer fewer credentials, the right one first.',
  NET_AUTH_EXPIRED: 'The credentials are expired. Refresh the token or change the password.',
  NET_CREDENTIAL_INVALID:
    'A credential could not be read, such as a key with the wrong passphrase. Check the file and its passphrase.',
  NET_CONN_CLOSED:
    'The peer closed the connection too early. Connect again; `sent` says whether the peer may have processed the request.',
  NET_CONN_RESET:
    'The connection was reset. Connect again; `sent` says whether the peer may have processed the request.',
  NET_CONN_SHUTDOWN:
    'The peer said that it is shutting down. Repeat later; `retry` says whether a call that was running may be repeated.',
  NET_PROTO_MALFORMED:
    'The peer sent what the protocol does not allow. Check that the port speaks this protocol.',
  NET_PROTO_UNEXPECTED:
    'The peer sent something valid at the wrong time. The connection is closed; connect again.',
  NET_PROTO_LIMIT:
    'The peer sent more than a limit allows; `limit` says how much. Raise the limit only if you trust the peer.',
  NET_PROTO_DECODE:
    'The data of the peer could not be decoded. Check charset, compression or JSON of the peer.',
  NET_PROTO_NEGOTIATION:
    'The two sides have no version or algorithm in common. Update the older side.',
  NET_PROTO_INCOMPLETE:
    'The data ended early; see `received` and `expected`. Repeat, or resume where that is possible.',
  NET_REPLY_TEMPORARY:
    'The peer answered that it cannot at the moment. Repeat later, not before `retryAfter`.',
  NET_REPLY_PERMANENT: 'The peer refused for good. Look at `reply`.',
  NET_NOT_FOUND: 'The file, folder, page or name does not exist on the server. Check the name.',
  NET_ACCESS_DENIED: 'The peer does not allow it. Check the permissions.',
  NET_EXISTS: 'The target exists already. Choose another name, or remove it first.',
  NET_NOT_EMPTY: 'The folder is not empty. Remove its entries first.',
  NET_NO_SPACE: 'The peer has no space left, or a quota is full. Free some space.',
  NET_UNSUPPORTED:
    'The peer, or this kind of connection, cannot do that. Use another way; `capabilities` tells which there are.',
  NET_BAD_NAME: 'A name is not allowed or would leave its folder. Choose another name.',
  NET_EXIT_STATUS: 'The command ended with a non-zero status. Look at its output.',
  NET_EXIT_SIGNAL: 'The command was ended by a signal. Look at its output.',
  NET_PARTIAL_RECIPIENTS: 'Some recipients were refused. Look at the result of each recipient.',
  NET_PARTIAL_TRANSFER: 'Some items of a transfer failed. Look at `errors`.',
  NET_DELIVERY_UNKNOWN:
    'The connection was lost after the message was sent; it may have been delivered. Never repeat it blindly; look in the mailbox.',
  NET_REDIRECT_LIMIT: 'There were too many redirects. Check for a loop, or raise the limit.',
  NET_SIZE_MISMATCH: 'The size of the copy is not the size of the original. Repeat the transfer.',
  NET_CHECKSUM_MISMATCH:
    'The checksum of the copy is not that of the original. Repeat the transfer.',
  NET_ADDRESS_BLOCKED:
    'The address is one that `block` forbids. Change the option only if you trust the source of the address.',
  NET_TLS_UNAVAILABLE:
    'The connection is not protected, so no secret was sent over it. Use TLS; `dangerouslyAllowPlaintextAuth: true` sends it in clear.',
  NET_WEAK_ALGORITHM:
    'The peer offers only algorithms that are no longer safe. Update the peer, or allow the algorithm by name.',
  NET_REDIRECT_FORBIDDEN: 'A safety rule forbids this redirect. Follow it by hand if you trust it.',
  NET_LOCAL_IO:
    'Reading or writing on this machine failed; `cause` keeps errno. Look at `cause`: disk, permissions, path.',
  NET_BIND_IN_USE: 'The local address is in use. Choose another port, or port 0.',
  NET_BIND_DENIED:
    'This process may not use the local address. Choose a port above 1023, or grant the right.',
  NET_LOCAL_LIMIT:
    'This process or machine has no descriptors or buffers left. Open fewer connections at once, or raise the limit.',
  NET_CLOSED: 'The object is closed. Make another one.',
  NET_BUSY: 'The object is in use by another call. Wait for that call, or use another connection.',
  NET_NOT_HELD: 'A lease was released twice, or used after its release. Release it once.',
  NET_BODY_CONSUMED: 'The body was read already. Keep the result of the first read.',
  NET_BODY_NOT_REPLAYABLE:
    'The body can be read only once, so the call cannot be repeated. Pass a source that can be opened again, such as `fromFile()` or a function.',
  NET_BARRIER_BROKEN: 'The barrier was broken by another party. Reset it.',
  NET_RUNTIME_UNSUPPORTED: 'This runtime cannot do that. Use a newer Node.js.',
  NET_TASK_LEAKED: 'A task did not end after it was cancelled. Make the task heed its signal.',
  NET_QUEUE_FULL: 'The queue is full. Wait, or raise its size.',
  NET_QUEUE_EMPTY: 'The queue is empty. Wait for an item.',
  NET_CIRCUIT_OPEN:
    'The circuit breaker is open; the call was not made. Repeat after `retryAfter`.',
  NET_QUEUE_CLOSED: 'The queue or channel is closed. Make another one.',
  NET_BAD_URL: 'The URL is not valid here. Check its scheme, host and port.',
  NET_BAD_HEADER:
    "A header's name or value is not valid. Check for control characters and odd names.",
  NET_BAD_ADDRESS: 'An address is not valid. Check its spelling.',
  NET_BAD_OPTION:
    "An option has a wrong type or value, or contradicts another. See the option's documentation.",
  NET_BAD_CONFIG: 'A configuration file is not valid. See the line that the message names.',
  NET_INJECTION:
    'A value contains control characters that would end its line on the wire. Remove the control characters.',
  NET_RETRIES_EXHAUSTED:
    'Every attempt failed, the last one with an error that is not ours; see `cause` and `attempts`. Look at `cause`.',
  NET_GROUP: 'Several calls failed at once. Look at `errors`, or use `split()`.',
  NET_INTERNAL:
    'An unexpected error; see `cause`. This is a bug in these packages: please report it with the cause.',
}
