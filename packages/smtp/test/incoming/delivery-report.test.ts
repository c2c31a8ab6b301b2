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

/** What the groups of a report say, and what is read of it: address, action, failed, status, diagnostic. */
const REPORTS: readonly (readonly [string, readonly string[], readonly unknown[][]])[] = [
  [
    'one that was refused',
    ['Final-Recipient: rfc822; a@x.example', 'Action: failed', 'Status: 5.1.1'],
    [['a@x.example', 'failed', true, '5.1.1', undefined]],
  ],
  [
    'a delay alone, which is no failure',
    ['Final-Recipient: rfc822; a@x.example', 'Action: delayed', 'Status: 4.4.7'],
    [['a@x.example', 'delayed', false, '4.4.7', undefined]],
  ],
  [
    'a delivery',
    ['Final-Recipient: rfc822;a@x.example', 'Action: Delivered', 'Status: 2.0.0'],
    [['a@x.example', 'delivered', false, '2.0.0', undefined]],
  ],
  [
    'a relay to somebody who makes no reports',
    ['Final-Recipient: rfc822; a@x.example', 'Action: relayed (to a gateway)', 'Status: 2.0.0'],
    [['a@x.example', 'relayed', false, '2.0.0', undefined]],
  ],
  [
    'the code that counts in the diagnostic',
    [
      'Final-Recipient: rfc822; a@x.example',
      'Action: failed',
      'Status: 5.0.0',
      'Diagnostic-Code: smtp; 550-5.7.26 not signed',
      '  550 5.7.26 see the page',
    ],
    [['a@x.example', 'failed', true, '5.0.0', '550-5.7.26 not signed 550 5.7.26 see the page']],
  ],
  [
    'the address in Original-Recipient alone',
    ['Original-Recipient: rfc822;a@x.example', 'Action: failed', 'Status: 5.2.2'],
    [['a@x.example', 'failed', true, '5.2.2', undefined]],
  ],
  [
    'an address in brackets, behind a forward',
    [
      'Original-Recipient: rfc822; <a@x.example>',
      'Final-Recipient: rfc822; b@y.example',
      'Action: failed',
    ],
    [['a@x.example', 'failed', true, undefined, undefined]],
  ],
  [
    'an address of another script',
    ['Final-Recipient: utf-8; jürgen@x.example', 'Action: failed', 'Status: 5.6.7'],
    [['jürgen@x.example', 'failed', true, '5.6.7', undefined]],
  ],
  [
    'two, of whom one failed',
    [
      'Final-Recipient: rfc822; a@x.example',
      'Action: failed',
      'Status: 5.1.1',
      '',
      'Final-Recipient: rfc822; b@x.example',
      'Action: delayed',
      'Status: 4.2.1',
    ],
    [
      ['a@x.example', 'failed', true, '5.1.1', undefined],
      ['b@x.example', 'delayed', false, '4.2.1', undefined],
    ],
  ],
  [
    'no action at all',
    ['Final-Recipient: rfc822; a@x.example'],
    [['a@x.example', '', false, undefined, undefined]],
  ],
]

test.each(REPORTS)('a report of %s', (_, groups, read) => {
  const text = [
    'Content-Type: multipart/report; report-type=delivery-status; boundary=b',
    '',
    '--b',
    'Content-Type: message/delivery-status',
    '',
    'Reporting-MTA: dns; mx.x.example',
    '',
    ...groups,
    '--b',
    'Content-Type: message/rfc822',
    '',
    'Message-ID: <1@x.example>',
    'Subject: the first one',
    '',
    'Message-ID: <2@x.example>',
    '--b--',
  ].join('\r\n')
  const { report } = parseMessage(Buffer.from(text))
  expect(report?.messageId).toBe('<1@x.example>')
  expect(
    report?.recipients.map((each) => [
      each.address,
      each.action,
      each.failed,
      each.status,
      each.diagnostic,
    ]),
  ).toEqual(read)
})

test('a report that is forwarded is no report of the mail that forwards it', () => {
  const text = [
    'Content-Type: multipart/mixed; boundary=f',
    '',
    '--f',
    'Content-Type: message/rfc822',
    '',
    report,
    '--f--',
  ].join('\r\n')
  const mail = parseMessage(Buffer.from(text))
  expect(mail.report).toBeUndefined()
  expect(mail.attachments[0]?.message()?.report?.recipients).toHaveLength(2)
})

/** A report as Exim 4.96 writes it: no quotes around the boundary, the action first, and a status of its own. */
function ofExim(boundary: string, status: readonly string[], returned: string): string {
  return `X-Failed-Recipients: gone@elsewhere.example
Auto-Submitted: auto-replied
From: Mail Delivery System <Mailer-Daemon@example.com>
To: ada@example.com
References: <1.exim@example.com>
Content-Type: multipart/report; report-type=delivery-status; boundary=${boundary}
MIME-Version: 1.0
Subject: Mail delivery failed: returning message to sender
Message-Id: <E1xY5gC-0007NW-2A@mx.example.com>
Date: Mon, 30 Nov 2026 18:00:44 +0000

--${boundary}
Content-type: text/plain; charset=us-ascii

This message was created automatically by mail delivery software.

--${boundary}
Content-type: message/delivery-status

Reporting-MTA: dns; mx.example.com

${status.join('\n')}

--${boundary}
Content-type: ${returned}

Return-path: <ada@example.com>
Received: from root by mx.example.com with local (Exim 4.96)
	(envelope-from <ada@example.com>)
	id 1xY5gC-0007NL-1q;
	Mon, 30 Nov 2026 18:00:44 +0000
From: ada@example.com
Subject: two ways
Message-ID: <1.exim@example.com>

x

--${boundary}--
`
}

test('reports as Exim writes them: the code of the other server is in the diagnostic alone', () => {
  const failed = [
    'Action: failed',
    'Final-Recipient: rfc822;gone@elsewhere.example',
    'Status: 5.0.0',
    'Remote-MTA: dns; 127.0.0.1',
    'Diagnostic-Code: smtp; 550 5.1.1 No such user here',
  ]
  const delayed = [
    'Action: delayed',
    'Final-Recipient: rfc822;late@elsewhere.example',
    'Status: 4.0.0',
    'Remote-MTA: dns; 127.0.0.1',
    'Diagnostic-Code: smtp; 451 4.2.0 Not at the moment',
  ]
  const reports = [
    ofExim('1796061644-eximdsn-430598560', failed, 'message/rfc822'),
    ofExim('1796061646-eximdsn-1487982354', delayed, 'text/rfc822-headers'),
  ].map((text) => parseMessage(Buffer.from(text)))
  expect(reports.map(({ defects }) => defects)).toEqual([[], []])
  const remote = '127.0.0.1'
  expect(reports.map(({ report }) => report)).toEqual([
    {
      messageId: '<1.exim@example.com>',
      recipients: [
        {
          address: 'gone@elsewhere.example',
          action: 'failed',
          failed: true,
          status: '5.0.0',
          diagnostic: '550 5.1.1 No such user here',
          remote,
        },
      ],
    },
    {
      messageId: '<1.exim@example.com>',
      recipients: [
        {
          address: 'late@elsewhere.example',
          action: 'delayed',
          failed: false,
          status: '4.0.0',
          diagnostic: '451 4.2.0 Not at the moment',
          remote,
        },
      ],
    },
  ])
})
