import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { packageFolder } from '@unplugin-hd/core'

/** What a page of ours is made of, as the build left it beside the code. */
export interface PageFiles {
  script: string
  styles: string
}

/** The built files of a page in the folder `pages`. */
export async function readPage(name: 'compare' | 'inspector'): Promise<PageFiles> {
  const folder = path.join(packageFolder(import.meta.dirname)!, 'dist', 'pages')
  const [script, styles] = await Promise.all(['js', 'css'].map((type) => readFile(path.join(folder, `${name}.${type}`), 'utf8')))
  return { script: script!, styles: styles! }
}

export interface Document {
  title: string
  /** Markup. */
  body: string
  /** What the script finds in the element `data`. */
  data: unknown
}

/** A page that needs nothing but itself: its policy allows no request at all. */
export function renderDocument({ script, styles }: PageFiles, { title, body, data }: Document): string {
  // A name could end the element that it is in; and what looks like a reference would be taken for one by tools that search files.
  const json = JSON.stringify(data).replaceAll('<', '\\u003c').replaceAll('?', '\\u003f')
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src blob: data:; style-src 'unsafe-inline'; script-src 'unsafe-inline'">
<link rel="icon" href="data:,">
<title>${title}</title>
<style>${styles}</style>
</head>
<body>
${body}
<script type="application/json" id="data">${json}</script>
<script>${script}</script>
</body>
</html>
`
}

/** A page whose script and styles are beside it, for a server. */
export function renderShell(title: string, name: 'inspector'): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="icon" href="data:,">
<title>${title}</title>
<link rel="stylesheet" href="${name}.css">
<script src="${name}.js" defer></script>
</head>
<body>
<noscript>This page shows its images by a script.</noscript>
</body>
</html>
`
}
