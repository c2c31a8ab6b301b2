/* The names of the algorithms that are known here (RFC 4253 and its successors), the preferred first. */

/** Lists of algorithms, the preferred first. */
export interface AlgorithmLists {
  /** Key exchanges, such as `curve25519-sha256`. */
  readonly kex?: readonly string[] | undefined
  /** Signatures of host keys, such as `ssh-ed25519`. */
  readonly hostKeys?: readonly string[] | undefined
  /** Such as `aes128-gcm@openssh.com`. */
  readonly ciphers?: readonly string[] | undefined
  /** Such as `hmac-sha2-256-etm@openssh.com`; ciphers that authenticate by themselves need none. */
  readonly macs?: readonly string[] | undefined
}

/** What is offered to a server. */
export interface Algorithms {
  readonly kex: readonly string[]
  readonly hostKeys: readonly string[]
  readonly ciphers: readonly string[]
  readonly macs: readonly string[]
}

/** The key exchange that a quantum computer does not break; Node.js has what it needs since 24.7. */
export const HYBRID = 'mlkem768x25519-sha256'
/** What is offered by default. */
export const MODERN: Algorithms = {
  kex: [
    HYBRID,
    'curve25519-sha256',
    'curve25519-sha256@libssh.org',
    'ecdh-sha2-nistp256',
    'ecdh-sha2-nistp384',
    'ecdh-sha2-nistp521',
    'diffie-hellman-group16-sha512',
    'diffie-hellman-group18-sha512',
    'diffie-hellman-group-exchange-sha256',
    'diffie-hellman-group14-sha256',
  ],
  hostKeys: [
    'ssh-ed25519',
    'ecdsa-sha2-nistp256',
    'ecdsa-sha2-nistp384',
    'ecdsa-sha2-nistp521',
    'rsa-sha2-512',
    'rsa-sha2-256',
  ],
  ciphers: [
    'aes128-gcm@openssh.com',
    'aes256-gcm@openssh.com',
    'aes128-ctr',
    'aes192-ctr',
    'aes256-ctr',
    'chacha20-poly1305@openssh.com',
  ],
  macs: [
    'hmac-sha2-256',
    'hmac-sha2-512',
    'hmac-sha2-256-etm@openssh.com',
    'hmac-sha2-512-etm@openssh.com',
  ],
}
/** What is offered only if it is asked for. */
export const OLD: Algorithms = {
  kex: [
    'diffie-hellman-group14-sha1',
    'diffie-hellman-group-exchange-sha1',
    'diffie-hellman-group1-sha1',
  ],
  hostKeys: ['ssh-rsa'],
  ciphers: ['aes128-cbc', 'aes192-cbc', 'aes256-cbc', '3des-cbc'],
  macs: ['hmac-sha1', 'hmac-sha1-etm@openssh.com'],
}

/**
 * Lists for old devices, which know nothing better: ours first, then SHA-1, CBC, 3DES and RSA signatures with SHA-1:
 * `connect(url, { algorithms: oldDevices })`. An eavesdropper with enough time may break such a connection.
 */
export const oldDevices: Algorithms = Object.freeze({
  kex: [...MODERN.kex, ...OLD.kex],
  hostKeys: [...MODERN.hostKeys, ...OLD.hostKeys],
  ciphers: [...MODERN.ciphers, ...OLD.ciphers],
  macs: [...MODERN.macs, ...OLD.macs],
})
