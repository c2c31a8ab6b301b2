/*
 * A private key read from its text, whatever format that is, and decrypted.
 */

import { createPrivateKey, type KeyObject } from 'node:crypto'

import { invalid } from './invalid-key.ts'
import { readKeyText, type KeyText } from './key-format.ts'
import { privateKeyOf, type PrivateKey } from './key-material.ts'
import { inKeyThread } from './key-thread.ts'
import { openOpensshFile } from './openssh-file.ts'
import { openPuttyFile, puttyComment } from './putty-file.ts'

/** Whether a passphrase is needed. Throws `NET_CREDENTIAL_INVALID` for what is no private key. */
export function isEncrypted(content: string): boolean {
  return readKeyText(content).encrypted
}

/**
 * Reads the key. Decrypting takes as long as the key's file says, off this thread. Rejects with `NET_CREDENTIAL_INVALID`,
 * also for a wrong passphrase, and with the signal's reason.
 */
export async function openPrivateKey(
  content: string,
  passphrase = '',
  signal?: AbortSignal,
): Promise<PrivateKey> {
  return openKeyText(readKeyText(content), passphrase, signal)
}

/** The same for a text that was looked at before. */
export async function openKeyText(
  key: KeyText,
  passphrase = '',
  signal?: AbortSignal,
): Promise<PrivateKey> {
  if (key.format === 'openssh') return openOpensshFile(key.file, passphrase, signal)
  if (key.format === 'putty') {
    return privateKeyOf(await openPuttyFile(key.text, passphrase), puttyComment(key.text))
  }
  return privateKeyOf(await openPem(key, passphrase, signal))
}

/** The public half of a key, in wire format, where its text tells it without a passphrase. */
export function publicHalf(content: string): Uint8Array | undefined {
  const key = readKeyText(content)
  return key.format === 'openssh' ? Uint8Array.from(key.file.publicKey) : undefined
}

async function openPem(
  { text, encrypted }: Extract<KeyText, { format: 'pem' | 'putty' }>,
  passphrase: string,
  signal: AbortSignal | undefined,
): Promise<KeyObject> {
  try {
    const opened = encrypted
      ? String(await inKeyThread({ kind: 'pem', text, passphrase }, signal))
      : text
    return createPrivateKey({ key: opened, format: 'pem' })
  } catch (error) {
    signal?.throwIfAborted()
    throw invalid(reasonOf(error, encrypted), error)
  }
}

function reasonOf(error: unknown, encrypted: boolean): string {
  const code: unknown = Reflect.get(error as Error, 'code')
  if (!encrypted) return 'its text is damaged'
  if (code === 'ERR_OSSL_UNSUPPORTED') {
    // Of 256 wrong passphrases one leaves bytes that only look decrypted.
    return 'its passphrase is wrong, or it is encrypted in a way that this Node.js does not read, or its text is damaged'
  }
  return code === 'ERR_OSSL_BAD_DECRYPT'
    ? 'its passphrase is wrong'
    : 'its passphrase is wrong, or its text is damaged'
}
