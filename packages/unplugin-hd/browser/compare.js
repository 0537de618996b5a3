// Runs in the page that `hd compare` writes. All images stand in the page itself, as base64 in JSON.
const { images } = JSON.parse(document.getElementById('data').textContent)
const main = document.querySelector('main')
const GAIN = 4

/** Unique in the page. */
let ids = 0
const id = () => `e${ids++}`

/** An element with properties and children. */
function el(name, properties = {}, ...children) {
  const element = Object.assign(document.createElement(name), properties)
  element.append(...children)
  return element
}

function urlOf({ data, mime }) {
  const bytes = Uint8Array.from(atob(data), (letter) => letter.charCodeAt(0))
  return URL.createObjectURL(new Blob([bytes], { type: mime }))
}

/** A group of radio buttons. */
function choice(legend, options, chosen, onChange) {
  const name = id()
  const set = el('fieldset', {}, el('legend', { textContent: legend }))
  for (const [value, text] of options) {
    const input = el('input', { type: 'radio', name, value, checked: value === chosen, onchange: () => onChange(value) })
    set.append(el('label', {}, input, text))
  }
  return set
}

function select(text, versions, chosen, onChange) {
  const list = el('select', { onchange: () => onChange(Number(list.value)) })
  versions.forEach(({ label }, index) =>
    list.append(el('option', { value: index, textContent: label, selected: index === chosen })),
  )
  return el('label', {}, text, list)
}

function show(image, index) {
  const urls = image.versions.map(urlOf)
  const state = { view: 'slider', zoom: '1', left: 0, right: image.versions.length - 1, at: 50 }
  const stage = el('div', { className: 'stage', tabIndex: 0 })
  stage.setAttribute('role', 'region')
  stage.setAttribute('aria-label', `${image.name}, enlarged view: scroll with the arrow keys`)
  const note = el('p', { hidden: true })
  note.setAttribute('role', 'status')
  const slide = el('input', { type: 'range', className: 'slide', min: 0, max: 100, value: 50, step: 'any' })
  slide.setAttribute('aria-label', `${image.name}: border between the two images, in percent from the left`)
  slide.addEventListener('input', () => {
    state.at = Number(slide.value)
    place()
  })

  const imageOf = (number) => {
    const { label } = image.versions[number]
    return el('img', { src: urls[number], alt: `${image.name}, ${label}`, draggable: false })
  }
  const size = (element) => {
    element.style.width = `${image.width * Number(state.zoom)}px`
    element.style.height = `${image.height * Number(state.zoom)}px`
    return element
  }
  const place = () => {
    const over = stage.querySelector('.over')
    const edge = stage.querySelector('.edge')
    if (!over || !edge) return
    over.style.clipPath = `inset(0 0 0 ${state.at}%)`
    edge.style.left = `calc(${state.at}% - 1px)`
  }

  const draw = () => {
    stage.replaceChildren()
    note.hidden = state.view !== 'difference'
    slide.hidden = state.view !== 'slider'
    if (state.view === 'slider') {
      const over = imageOf(state.right)
      over.className = 'over'
      stage.append(size(el('div', { className: 'layers' }, imageOf(state.left), over, el('div', { className: 'edge' }))))
      place()
    } else if (state.view === 'side') {
      const figures = image.versions.map(({ label }, number) =>
        el('figure', {}, size(imageOf(number)), el('figcaption', { textContent: label })),
      )
      const side = el('div', { className: 'side' }, ...figures)
      side.style.gridTemplateColumns = `repeat(${figures.length}, ${image.width * Number(state.zoom)}px)`
      stage.append(side)
    } else void difference(stage, note, image, urls, state, size)
  }

  const set = (name) => (value) => {
    state[name] = value
    draw()
  }
  const views = [
    ['slider', 'slider'],
    ['side', 'side by side'],
    ['difference', 'difference'],
  ]
  const controls = el(
    'div',
    { className: 'controls' },
    choice('View', views, 'slider', set('view')),
    choice(
      'Zoom',
      [
        ['1', '1×'],
        ['2', '2×'],
        ['4', '4×'],
      ],
      '1',
      set('zoom'),
    ),
    select('Left', image.versions, state.left, set('left')),
    select('Right', image.versions, state.right, set('right')),
  )
  // The border follows a pointer that is held down.
  const follow = (event) => {
    const layers = stage.querySelector('.layers')
    if (event.buttons !== 1 || state.view !== 'slider' || !layers) return
    const { left, width } = layers.getBoundingClientRect()
    state.at = Math.min(100, Math.max(0, (100 * (event.clientX - left)) / width))
    slide.value = state.at
    place()
  }
  for (const type of ['pointerdown', 'pointermove']) stage.addEventListener(type, follow)
  const title = el('h2', { id: `image-${index}`, textContent: image.name })
  const section = el('section', {}, title, controls, stage, slide, note, table(image))
  section.setAttribute('aria-labelledby', title.id)
  main.append(section)
  draw()
}

function table({ name, versions }) {
  const head = el(
    'tr',
    {},
    ...['Version', 'Pixels', 'Bytes', 'Format', 'Time'].map((text) => el('th', { scope: 'col', textContent: text })),
  )
  const rows = versions.map(({ label, width, height, bytes, format, time }) =>
    el(
      'tr',
      {},
      el('th', { scope: 'row', textContent: label }),
      ...[`${width}×${height}`, bytes, format, time].map((text) => el('td', { textContent: text })),
    ),
  )
  const facts = el('table', {}, el('thead', {}, head), el('tbody', {}, ...rows))
  facts.setAttribute('aria-label', `Facts of ${name}`)
  return el('div', { className: 'wide', tabIndex: 0, role: 'group', ariaLabel: `Facts of ${name}` }, facts)
}

/** What differs between the two, channel by channel and brighter than it is, at the size of the larger one. */
async function difference(stage, note, image, urls, state, size) {
  const { left, right } = state
  const [a, b] = await Promise.all([left, right].map((number) => load(urls[number])))
  if (state.view !== 'difference' || state.left !== left || state.right !== right) return
  const width = Math.max(a.naturalWidth, b.naturalWidth)
  const height = Math.max(a.naturalHeight, b.naturalHeight)
  const pixels = [a, b].map((each) => {
    const context = el('canvas', { width, height }).getContext('2d', { willReadFrequently: true })
    context.imageSmoothingQuality = 'high'
    context.drawImage(each, 0, 0, width, height)
    return context.getImageData(0, 0, width, height)
  })
  const [one, two] = pixels.map(({ data }) => data)
  let sum = 0
  let largest = 0
  for (let at = 0; at < one.length; at += 4) {
    for (let channel = at; channel < at + 3; channel++) {
      const distance = Math.abs(one[channel] - two[channel])
      sum += distance
      if (distance > largest) largest = distance
      one[channel] = Math.min(255, GAIN * distance)
    }
    one[at + 3] = 255
  }
  const canvas = el('canvas', { width, height })
  canvas.getContext('2d').putImageData(pixels[0], 0, 0)
  canvas.setAttribute('role', 'img')
  const words = [image.versions[left].label, image.versions[right].label].join(' and ')
  canvas.setAttribute('aria-label', `${image.name}: difference of ${words}`)
  stage.replaceChildren(size(canvas))
  note.textContent = `Difference of ${words}, ${GAIN} times as bright: ${(sum / (0.75 * one.length)).toFixed(2)} of 255 levels on average, ${largest} at most.`
}

async function load(url) {
  const loaded = el('img', { src: url })
  await loaded.decode()
  return loaded
}

images.forEach(show)
