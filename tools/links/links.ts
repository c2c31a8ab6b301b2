// Reads the links out of a Markdown text, and the anchors that its headings give. Pure: main.ts reads the files.

/** A link of a document. */
export interface Link {
  /** From 1. */
  readonly line: number
  /** As written, without a title. */
  readonly target: string
}

/** The links and pictures of a document, those in code left out. */
export function linksOf(markdown: string): readonly Link[] {
  return prose(markdown).flatMap((text, index) => {
    const inline = [...text.matchAll(/\]\(<?(?<target>[^)\s>]+)>?(?:\s+"[^"]*")?\)/gu)]
    const tags = [...text.matchAll(/\b(?:href|src)="(?<target>[^"]+)"/gu)]
    const definition = [...text.matchAll(/^\s*\[[^\]]+\]:\s+<?(?<target>[^\s>]+)/gu)]
    return [...inline, ...tags, ...definition].map((match) => ({
      line: index + 1,
      target: match.groups?.['target'] ?? '',
    }))
  })
}

/** The anchors of a document: its headings, as Git hosts write them, and its own `id`s. */
export function anchorsOf(markdown: string): ReadonlySet<string> {
  const seen = new Map<string, number>()
  const anchors = new Set<string>()
  for (const text of prose(markdown)) {
    for (const match of text.matchAll(/\bid="(?<id>[^"]+)"/gu))
      anchors.add(match.groups?.['id'] ?? '')
    const heading = /^#{1,6}\s+(?<title>.*?)\s*#*$/u.exec(text)
    if (heading === null) continue
    const slug = slugOf(heading.groups?.['title'] ?? '')
    const count = seen.get(slug) ?? 0
    seen.set(slug, count + 1)
    anchors.add(count === 0 ? slug : `${slug}-${count}`)
  }
  return anchors
}

/** The lines of the document, with those of fences and the code within a line made empty. */
function prose(markdown: string): readonly string[] {
  let fenced = false
  return markdown.split('\n').map((text) => {
    const fence = /^\s*(?:```|~~~)/u.test(text)
    if (fence) fenced = !fenced
    return fence || fenced ? '' : text.replaceAll(/(?<!^#.*)`[^`]*`/gu, '')
  })
}

function slugOf(title: string): string {
  return title
    .replaceAll(/\[(?<text>[^\]]*)\]\([^)]*\)/gu, '$<text>')
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\p{M}\s_-]/gu, '')
    .replaceAll(' ', '-')
}
