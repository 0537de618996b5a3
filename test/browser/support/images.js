// Runs in the page: the file that the browser chose for every `<img>`, with its pixels.
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
