// Runs in the page: reports what the browser shows for every element with a `data-place`.
const sizes = new Map()

async function readSize(url) {
  const bitmap = await createImageBitmap(await (await fetch(url)).blob())
  return `${bitmap.width}x${bitmap.height}`
}

/** Pixels of the file behind a URL. */
function sizeOf(url) {
  if (!sizes.has(url)) sizes.set(url, readSize(url))
  return sizes.get(url)
}

/** The image of a `url()`, or the one of an `image-set()` for this screen. */
function backgroundOf(element) {
  const value = getComputedStyle(element).backgroundImage
  if (value.startsWith('url(')) return /^url\("(.*)"\)$/.exec(value)[1]
  const candidates = [...value.matchAll(/url\("([^"]*)"\)\s*([\d.]+)dppx/g)]
  return candidates.find(([, , density]) => Number(density) === devicePixelRatio)[1]
}

function urlOf(element) {
  if (element instanceof HTMLImageElement) return element.currentSrc
  if (element instanceof HTMLVideoElement) return element.poster
  if (element instanceof SVGImageElement) return new URL(element.href.baseVal, document.baseURI).href
  return backgroundOf(element)
}

async function look() {
  await Promise.all([...document.images].map((image) => image.decode().catch(() => undefined)))
  const loaded = new Set(performance.getEntriesByType('resource').map(({ name }) => name))
  const seen = []
  for (const element of document.querySelectorAll('[data-place]')) {
    const { place, size: source, set } = element.dataset
    const url = urlOf(element)
    const natural = element instanceof HTMLImageElement ? `${element.naturalWidth}x${element.naturalHeight}` : undefined
    const isLoaded = url.startsWith('data:') || loaded.has(url)
    seen.push({ place, source, isSet: set !== undefined, url, pixels: await sizeOf(url), natural, isLoaded })
  }
  return seen
}

look()
