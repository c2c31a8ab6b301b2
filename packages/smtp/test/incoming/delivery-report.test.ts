import { parseMessage } from '@net/smtp'
import { expect, test } from 'vitest'

import { readReport } from '../../src/incoming/delivery-report.ts'

const report = [
  'From: MAILER-DAEMON@x.example',
  'Content-Type: multipart/report; report-type=delivery-status; boundary=b',
  '',
  '--b',
  '',
  'Your message could not be delivered to everybody.',
  '--b',
  'Content-Type: message/delivery-status',
  '',
  'Reporting-MTA: dns; x.example',
  'Original-Envelope-Id: order-17',
  '',
  'Original-Recipient: rfc822;old@x.example',
  'Final-Recipient: rfc822; new@y.example',
  'Action: failed',
  'Status: 5.1.1',
  'Remote-MTA: dns; mx.y.example',
  'Diagnostic-Code: smtp; 550 5.1.1 no such',
  '    user',
  '',
  'Final-Recipient: rfc822; slow@x.example',
  'Action: delayed',
  'Status: 4.4.1 (connection timed out)',
  'Will-Retry-Until: Sun, 29 Nov 2026 12:00:00 +0000',
  '--b',
  'Content-Type: text/rfc822-headers',
  '',
  'Message-ID: <1@x.example>',
  'Subject: x',
  '--b--',
  '',
].join('\r\n')

test('tells of each recipient, and takes nothing for a failure that is none', () => {
  expect(parseMessage(Buffer.from(report)).report).toEqual({
    messageId: '<1@x.example>',
    envid: 'order-17',
    recipients: [
      {
        address: 'old@x.example',
        action: 'failed',
        failed: true,
        status: '5.1.1',
        diagnostic: '550 5.1.1 no such user',
        remote: 'mx.y.example',
      },
      {
        address: 'slow@x.example',
        action: 'delayed',
        failed: false,
        status: '4.4.1',
        willRetryUntil: new Date('2026-11-29T12:00:00Z'),
      },
    ],
  })
})

test('a message without such a part is no report', () => {
  expect(readReport([])).toBeUndefined()
  expect(parseMessage(Buffer.from('Subject: bounced\r\n\r\n550 no')).report).toBeUndefined()
})
