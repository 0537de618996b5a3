import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { packageFolder } from '@unplugin-hd/core'

/** One image in all its versions; the first one is the image as it is. */
export interface ComparedImage {
  name: string
  /** In CSS pixels: those of the image as it is. */
  width: number
  height: number
  versions: ComparedVersion[]
}

export interface ComparedVersion {
  label: string
  width: number
  height: number
  /** As text: `36.0 kB`. */
  bytes: string
  format: string
  /** As text: `1.3 s`, `from the cache`. */
  time: string
  mime: string
  /** Base64. */
  data: string
}

/** A page that needs nothing but itself: its policy allows no request at all. */
export async function renderPage(images: readonly ComparedImage[]): Promise<string> {
  const folder = path.join(packageFolder(import.meta.dirname)!, 'browser')
  const [css, script] = await Promise.all(['compare.css', 'compare.js'].map((name) => readFile(path.join(folder, name), 'utf8')))
  // A name could end the element that it stands in.
  const data = JSON.stringify({ images }).replaceAll('<', '\\u003c')
  const what = images.length === 1 ? '1 image' : `${images.length} images`
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src blob: data:; style-src 'unsafe-inline'; script-src 'unsafe-inline'">
<link rel="icon" href="data:,">
<title>hd compare: ${what}</title>
<style>
${css}</style>
</head>
<body>
<header><h1>Before and after</h1><p>${what}, enlarged by unplugin-hd. Drag in an image, or move the slider below it.</p></header>
<main><noscript>This page shows its images by a script.</noscript></main>
<script type="application/json" id="data">${data}</script>
<script type="module">
${script}</script>
</body>
</html>
`
}
