import sharp from 'sharp'

/** Of the cut-out that is shown, in pixels of the doubled image. */
const EDGE = 120
/** How much larger it is shown. */
const ZOOM = 2

/** A page that shows the busiest part of every image, of the original and of each result, side by side. */
export function createSheet() {
  const lines = []
  return {
    /** @param {Record<string, object>} results doubled images by method, each with its `figures` */
    async add(title, original, results) {
      const edge = Math.min(EDGE, original.width, original.height)
      const place = busiest(original, edge)
      const cells = []
      for (const [name, image] of Object.entries({ original, ...results })) {
        const { width, height, channels, data, figures } = image
        const cut = sharp(data, { raw: { width, height, channels } }).extract({ ...place, width: edge, height: edge })
        const source = `data:image/png;base64,${(await cut.png().toBuffer()).toString('base64')}`
        const tag = `<img src="${source}" width="${ZOOM * edge}" height="${ZOOM * edge}" alt="">`
        cells.push(`<figure>${tag}<figcaption>${escape(name)}${figures ? `<br>${caption(figures)}` : ''}</figcaption></figure>`)
      }
      lines.push(`<h2>${escape(title)}</h2><div>${cells.join('')}</div>`)
    },
    html() {
      const style =
        'body{font:14px sans-serif;background:#888}div{display:flex;gap:8px;flex-wrap:wrap}figure{margin:0}h2{font-size:14px}' +
        'img{image-rendering:pixelated;display:block}'
      return `<!doctype html><meta charset="utf-8"><title>Upscalers side by side</title><style>${style}</style>${lines.join('\n')}\n`
    },
  }
}

function caption({ psnr, butteraugli }) {
  return `${psnr.toFixed(2)} dB${butteraugli === undefined ? '' : `, Butteraugli ${butteraugli.toFixed(2)}`}`
}

/** Names of files may be anything. */
function escape(text) {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;')
}

/** Where neighbours differ most, on a coarse grid. */
function busiest({ width, height, channels, data }, edge) {
  let best = { left: 0, top: 0, sum: -1 }
  for (let top = 0; top + edge <= height; top += 20) {
    for (let left = 0; left + edge <= width; left += 20) {
      let sum = 0
      for (let y = top; y < top + edge; y += 3) {
        for (let x = left; x < left + edge - 1; x++) {
          const at = (y * width + x) * channels + 1
          sum += Math.abs(data[at] - data[at + channels])
        }
      }
      if (sum > best.sum) best = { left, top, sum }
    }
  }
  return { left: best.left, top: best.top }
}
