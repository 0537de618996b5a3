import { readPage, renderDocument } from '../../pages.ts'

/** One image in all its versions; the first one is the source. */
export interface ComparedImage {
  name: string
  /** Size of the source, used as CSS pixels. */
  width: number
  height: number
  versions: ComparedVersion[]
}

export interface ComparedVersion {
  label: string
  width: number
  height: number
  /** Formatted: `36.0 kB`. */
  bytes: string
  format: string
  /** Formatted: `1.3 s`, `from the cache`. */
  time: string
  mime: string
  /** Base64. */
  data: string
}

/** One page with all images in it. */
export async function renderPage(images: readonly ComparedImage[]): Promise<string> {
  const what = images.length === 1 ? '1 image' : `${images.length} images`
  return renderDocument(await readPage('compare'), {
    title: `hd compare: ${what}`,
    body: `<header><h1>Before and after</h1><p>${what}, enlarged by unplugin-hd. Drag on an image, or move the slider below it.</p></header>
<main><noscript>This page needs JavaScript to show its images.</noscript></main>`,
    data: { images },
  })
}
