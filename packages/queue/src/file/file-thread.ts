/* What the thread of a file does: opens it, serves what it is asked, and looks now and then. Knows no rules. */

import { parentPort, workerData } from 'node:worker_threads'

import type { Moment } from './file-row.ts'
import { FileService, type FileNews, type FileOpening, type FileRequest } from './file-service.ts'

/** What the thread is asked. */
export interface FileAsk {
  readonly requests?: readonly FileRequest[]
  readonly at?: Moment
  /** Whether to look what other processes do. */
  readonly watch?: boolean
  readonly close?: true
}

/** What it says once, when the file is open or cannot be. */
export interface FileOpened {
  readonly opened: true
  readonly error?: { readonly message: string; readonly code: number | undefined }
}

/** Begins; called once, in the thread. */
export function runFileThread(): void {
  const port = parentPort
  if (port === null) return
  const say = (news: FileNews | FileOpened): void => port.postMessage(news)
  let service: FileService
  try {
    service = new FileService(workerData as FileOpening, say)
  } catch (error) {
    const { message, errcode } = error as { message: string; errcode?: number }
    say({ opened: true, error: { message, code: errcode } })
    return
  }
  let watching: NodeJS.Timeout | undefined
  port.on('message', ({ requests, at, watch, close }: FileAsk) => {
    if (requests !== undefined && at !== undefined) service.serve(requests, at)
    if (watch !== undefined) clearInterval(watching)
    if (watch === true) watching = setInterval(() => service.look(), LOOK_INTERVAL)
    if (close === true) {
      clearInterval(watching)
      service.close()
      port.close()
    }
  })
  say({ opened: true })
}

const LOOK_INTERVAL = 20
