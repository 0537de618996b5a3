import { readPage, renderDocument } from '../../pages.ts'

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

/** One page with all images in it. */
export async function renderPage(images: readonly ComparedImage[]): Promise<string> {
  const what = images.length === 1 ? '1 image' : `${images.length} images`
  return renderDocument(await readPage('compare'), {
    title: `hd compare: ${what}`,
    body: `<header><h1>Before and after</h1><p>${what}, enlarged by unplugin-hd. Drag in an image, or move the slider below it.</p></header>
<main><noscript>This page shows its images by a script.</noscript></main>`,
    data: { images },
  })
}
