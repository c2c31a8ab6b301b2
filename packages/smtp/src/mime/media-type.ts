/* The media type that a file's name tells (IANA's registry), for the kinds that people send. */

/** The media type of a file by its name; `application/octet-stream` for those that tell nothing. */
export function mediaTypeOf(name: string | undefined): string {
  const extension = /\.([a-z\d]{1,8})$/i.exec(name ?? '')?.[1]?.toLowerCase() ?? ''
  return TYPES.get(extension) ?? 'application/octet-stream'
}

/** The usual extension of a media type, with its dot; empty if there is none. */
export function extensionOf(type: string): string {
  const [plain = ''] = type.toLowerCase().split(';')
  for (const [extension, known] of TYPES) if (known === plain.trim()) return `.${extension}`
  return ''
}

const LISTS: Readonly<Record<string, string>> = {
  'text/plain': 'txt log text conf',
  'text/html': 'html htm',
  'text/css': 'css',
  'text/csv': 'csv',
  'text/markdown': 'md markdown',
  'text/calendar': 'ics',
  'text/vcard': 'vcf',
  'text/xml': 'xml',
  'text/javascript': 'js mjs',
  'text/tab-separated-values': 'tsv',
  'image/png': 'png',
  'image/jpeg': 'jpg jpeg',
  'image/gif': 'gif',
  'image/webp': 'webp',
  'image/avif': 'avif',
  'image/heic': 'heic',
  'image/svg+xml': 'svg',
  'image/bmp': 'bmp',
  'image/tiff': 'tif tiff',
  'image/x-icon': 'ico',
  'audio/mpeg': 'mp3',
  'audio/mp4': 'm4a',
  'audio/ogg': 'ogg oga opus',
  'audio/wav': 'wav',
  'audio/flac': 'flac',
  'video/mp4': 'mp4 m4v',
  'video/quicktime': 'mov',
  'video/webm': 'webm',
  'video/mpeg': 'mpg mpeg',
  'video/x-msvideo': 'avi',
  'font/woff': 'woff',
  'font/woff2': 'woff2',
  'font/ttf': 'ttf',
  'font/otf': 'otf',
  'message/rfc822': 'eml',
  'application/pdf': 'pdf',
  'application/json': 'json map',
  'application/zip': 'zip',
  'application/gzip': 'gz tgz',
  'application/x-tar': 'tar',
  'application/x-7z-compressed': '7z',
  'application/x-bzip2': 'bz2',
  'application/vnd.rar': 'rar',
  'application/zstd': 'zst',
  'application/rtf': 'rtf',
  'application/sql': 'sql',
  'application/yaml': 'yaml yml',
  'application/wasm': 'wasm',
  'application/epub+zip': 'epub',
  'application/postscript': 'ps eps',
  'application/pgp-keys': 'asc',
  'application/pgp-signature': 'sig',
  'application/pkcs7-mime': 'p7m',
  'application/pkcs7-signature': 'p7s',
  'application/msword': 'doc',
  'application/vnd.ms-excel': 'xls',
  'application/vnd.ms-powerpoint': 'ppt',
  'application/vnd.ms-outlook': 'msg',
  'application/vnd.openxmlformats-officedocument.wordprocessingml.document': 'docx',
  'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet': 'xlsx',
  'application/vnd.openxmlformats-officedocument.presentationml.presentation': 'pptx',
  'application/vnd.oasis.opendocument.text': 'odt',
  'application/vnd.oasis.opendocument.spreadsheet': 'ods',
  'application/vnd.oasis.opendocument.presentation': 'odp',
}
const TYPES: ReadonlyMap<string, string> = new Map(
  Object.entries(LISTS).flatMap(([type, extensions]) =>
    extensions.split(' ').map((extension) => [extension, type] as const),
  ),
)
