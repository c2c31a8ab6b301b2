/* The keywords of ssh_config that are known, and what their values may be. */

/** What stands behind a keyword. `whole` is one text up to the end of the line, `many` adds up over all lines. */
export type KeywordKind = 'text' | 'whole' | 'flag' | 'number' | 'port' | 'time' | 'words' | 'many'

/** What the keyword takes; `ignored` for what OpenSSH knows and is not acted on; undefined for an unknown one. */
export function kindOf(keyword: string): KeywordKind | 'ignored' | undefined {
  // What only Apple's ssh knows.
  if (keyword === 'usekeychain' && process.platform === 'darwin') return 'ignored'
  return KINDS.get(keyword) ?? (IGNORED.has(keyword) ? 'ignored' : undefined)
}

/** Why a value may not be; undefined if it may. */
export function valueFault(kind: KeywordKind, words: readonly string[]): string | undefined {
  const [word = ''] = words
  if (words.length === 0) return 'its value is missing'
  const [fits, what] = VALUES[kind] ?? []
  if (fits !== undefined && !fits(word)) return `"${word}" is ${what}`
  return ALONE.has(kind) && words.length > 1 ? `there is more behind "${word}"` : undefined
}

/** A time such as `90`, `1m30s` or `2h`, in seconds. */
export function secondsOf(text: string): number | undefined {
  if (!/^(?:\d+[smhdw]?)+$/i.test(text)) return undefined
  return [...text.matchAll(/(\d+)([smhdw]?)/gi)]
    .map(([, count, unit = '']) => Number(count) * (UNITS[unit.toLowerCase()] ?? 1))
    .reduce((sum, part) => sum + part, 0)
}

const UNITS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400, w: 604_800 }
const FLAGS: ReadonlySet<string> = new Set(['yes', 'no', 'true', 'false'])
const VALUES: Partial<
  Record<KeywordKind, readonly [fits: (word: string) => boolean, what: string]>
> = {
  flag: [(word) => FLAGS.has(word.toLowerCase()), 'neither yes nor no'],
  number: [(word) => /^-?\d+$/.test(word), 'no number'],
  port: [(word) => /^\d+$/.test(word) && Number(word) > 0 && Number(word) < 65_536, 'no port'],
  time: [(word) => word === 'none' || secondsOf(word) !== undefined, 'no time'],
}
const ALONE: ReadonlySet<KeywordKind> = new Set(['text', 'flag', 'number', 'port', 'time'])
const KINDS: ReadonlyMap<string, KeywordKind> = new Map(
  Object.entries({
    text: 'addressfamily bindaddress bindinterface forwardagent hostkeyalias hostname identityagent stricthostkeychecking user ciphers macs kexalgorithms hostkeyalgorithms pubkeyacceptedalgorithms casignaturealgorithms preferredauthentications revokedhostkeys updatehostkeys addkeystoagent pkcs11provider securitykeyprovider verifyhostkeydns controlmaster controlpath requesttty loglevel fingerprinthash',
    whole: 'proxycommand proxyjump remotecommand localcommand knownhostscommand',
    flag: 'batchmode compression identitiesonly passwordauthentication kbdinteractiveauthentication hashknownhosts checkhostip exitonforwardfailure tcpkeepalive gatewayports nohostauthenticationforlocalhost permitlocalcommand clearallforwardings visualhostkey forwardx11 forwardx11trusted enablesshkeysign hostbasedauthentication streamlocalbindunlink',
    number: 'serveralivecountmax numberofpasswordprompts connectionattempts requiredrsasize',
    port: 'port',
    time: 'serveraliveinterval connecttimeout',
    words: 'userknownhostsfile globalknownhostsfile rekeylimit setenv',
    many: 'identityfile certificatefile sendenv localforward remoteforward dynamicforward',
  } as const).flatMap(([kind, names]) =>
    names.split(' ').map((name): [string, KeywordKind] => [name, kind as KeywordKind]),
  ),
)
const IGNORED: ReadonlySet<string> = new Set(
  'canonicaldomains canonicalizefallbacklocal canonicalizehostname canonicalizemaxdots canonicalizepermittedcnames challengeresponseauthentication cipher controlpersist enableescapecommandline escapechar forkafterauthentication forwardx11timeout gssapiauthentication gssapiclientidentity gssapidelegatecredentials gssapikexalgorithms gssapikeyexchange gssapirenewalforcesrekey gssapiserveridentity gssapitrustdns hostbasedacceptedalgorithms hostbasedkeytypes ipqos logverbose nohostauthenticationforlocalhost permitremoteopen protocol proxyusefdpass pubkeyacceptedkeytypes pubkeyauthentication rhostsrsaauthentication rsaauthentication sessiontype skeyauthentication smartcarddevice stdinnull streamlocalbindmask syslogfacility tunnel tunneldevice useprivilegedport usersh useroaming xauthlocation afstokenpassing compressionlevel fallbacktorsh globalknownhostsfile2 kerberosauthentication kerberostgtpassing dsaauthentication keepalive identityfile2 hostkeyalgorithms obscurekeystroketiming channeltimeout tag'.split(
    ' ',
  ),
)
