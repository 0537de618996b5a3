// Runs in the page: what the browser chose for every `<img>`, and how many pixels it has.
async function readSize({ currentSrc }) {
  const bitmap = await createImageBitmap(await (await fetch(currentSrc)).blob())
  return `${bitmap.width}x${bitmap.height}`
}

Promise.all(
  [...document.images].map(async (image) => ({
    url: decodeURI(image.currentSrc),
    pixels: await readSize(image).catch(() => 'unreadable'),
  })),
)
