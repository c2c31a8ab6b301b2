// vsftpd with no user of the system: everybody is `anonymous`, who needs a password of a list, and may write.
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import type { IssuedCertificate } from '@net/socket/testing'

import { startGreeter, type Greeter } from './greeter.ts'

/** A running vsftpd. */
export interface Vsftpd extends Greeter {
  /** `ftp://127.0.0.1:port`, with the folder in which the client may write. */
  readonly url: string
  readonly user: string
  readonly password: string
  /** That folder on the disk. */
  readonly root: string
}

/** What one is started with. */
export interface VsftpdOptions {
  /** With it TLS is required of logins and data, and data connections must resume the session of the control connection. */
  readonly certificate?: IssuedCertificate
  /** Bytes in a second that it sends and takes. */
  readonly rate?: number
  /** How many connections it takes of one address. */
  readonly perAddress?: number
  /** The zone of its clock, by which it then tells all times (`use_localtime`). */
  readonly zone?: string
}

/** Starts one. */
export async function startVsftpd(program: string, options: VsftpdOptions = {}): Promise<Vsftpd> {
  const { zone } = options
  const greeter = await startGreeter({
    program: zone === undefined ? program : '/usr/bin/env',
    configure({ folder, port, word }) {
      const root = join(folder, 'root')
      mkdirSync(join(root, 'pub'), { recursive: true })
      mkdirSync(join(folder, 'empty'))
      // What anonymous users may write to must not be their root. They are another user of the system.
      chmodSync(join(root, 'pub'), 0o777)
      writeFileSync(join(folder, 'passwords'), `${PASSWORD}\n`)
      const settings = {
        ...base(folder, port, word),
        ...secured(folder, options),
        ...limit(options),
        ...(zone === undefined ? {} : { use_localtime: 'YES' }),
      }
      const file = join(folder, 'vsftpd.conf')
      const lines = Object.entries(settings).map(([name, value]) => `${name}=${value}\n`)
      writeFileSync(file, lines.join(''))
      return zone === undefined ? [file] : [`TZ=${zone}`, program, file]
    },
  })
  return {
    ...greeter,
    url: `ftp://127.0.0.1:${greeter.port}/pub`,
    user: 'anonymous',
    password: PASSWORD,
    root: join(greeter.folder, 'root', 'pub'),
  }
}

type Settings = Readonly<Record<string, string | number>>

function base(folder: string, port: number, word: string): Settings {
  return {
    listen: 'YES',
    listen_address: '127.0.0.1',
    listen_port: port,
    background: 'NO',
    seccomp_sandbox: 'NO',
    ...(process.getuid?.() === 0 ? {} : { run_as_launching_user: 'YES' }),
    // Where it locks up the part of itself that talks to strangers.
    secure_chroot_dir: `${folder}/empty`,
    ftpd_banner: word,
    xferlog_enable: 'NO',
    anonymous_enable: 'YES',
    anon_root: `${folder}/root`,
    secure_email_list_enable: 'YES',
    email_password_file: `${folder}/passwords`,
    write_enable: 'YES',
    anon_upload_enable: 'YES',
    anon_mkdir_write_enable: 'YES',
    anon_other_write_enable: 'YES',
    anon_umask: '022',
  }
}

function secured(folder: string, { certificate }: VsftpdOptions): Settings {
  if (certificate === undefined) return {}
  writeFileSync(join(folder, 'cert.pem'), certificate.cert)
  writeFileSync(join(folder, 'key.pem'), certificate.key)
  return {
    ssl_enable: 'YES',
    allow_anon_ssl: 'YES',
    force_anon_logins_ssl: 'YES',
    force_anon_data_ssl: 'YES',
    require_ssl_reuse: 'YES',
    ssl_ciphers: 'HIGH',
    rsa_cert_file: `${folder}/cert.pem`,
    rsa_private_key_file: `${folder}/key.pem`,
  }
}

function limit({ rate, perAddress }: VsftpdOptions): Settings {
  return {
    ...(rate === undefined ? {} : { anon_max_rate: rate }),
    ...(perAddress === undefined ? {} : { max_per_ip: perAddress }),
  }
}

const PASSWORD = 'app@example.com'
