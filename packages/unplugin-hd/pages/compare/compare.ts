// Runs in the page that `hd compare` writes. All images are in the page itself, as base64 in JSON.
import type { ComparedImage, ComparedVersion } from '../../src/cli/compare/page.ts'
import { el, table } from '../shared/dom.ts'
import { createViewer } from '../shared/viewer.ts'

const { images } = JSON.parse(document.getElementById('data')!.textContent!) as { images: ComparedImage[] }

function urlOf({ data, mime }: ComparedVersion): string {
  const bytes = Uint8Array.from(atob(data), (letter) => letter.charCodeAt(0))
  return URL.createObjectURL(new Blob([bytes], { type: mime }))
}

for (const [index, { name, width, height, versions }] of images.entries()) {
  const title = el('h2', { id: `image-${index}`, textContent: name })
  const viewer = createViewer(
    { name, width, height, versions: versions.map((version) => ({ label: version.label, url: urlOf(version) })) },
    '1',
  )
  const rows = versions.map((version) => [
    version.label,
    `${version.width}×${version.height}`,
    version.bytes,
    version.format,
    version.time,
  ])
  const facts = table(`Facts of ${name}`, ['Version', 'Pixels', 'Bytes', 'Format', 'Time'], rows)
  const section = el('section', {}, title, ...viewer, facts)
  section.setAttribute('aria-labelledby', title.id)
  document.querySelector('main')!.append(section)
}
