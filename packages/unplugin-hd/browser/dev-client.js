// Runs in pages of Vite's dev server. An address with `?hd` shows a preview at first; when the server says that the real
// image is there (or that the file was edited), every use of the address in the page is replaced by one with a token:
// nothing is reloaded, nothing of the page's state is lost.
//
// For what cannot be found in a document (a canvas, a texture): `window` gets an event `unplugin-hd:ready` for every image,
// with `detail: { url, newUrl }`, both absolute.

/** Attributes that hold one address. */
const ADDRESS_ATTRIBUTES = ['src', 'href', 'xlink:href', 'poster', 'data', 'background']
/** Attributes that hold addresses among other things. */
const TEXT_ATTRIBUTES = ['srcset', 'imagesrcset', 'style']
const ATTRIBUTES = [...ADDRESS_ATTRIBUTES, ...TEXT_ATTRIBUTES]

/** What may be an address with `hd` in a text. */
const ADDRESS_RE = /[^\s"'(),]+[?&]hd(?=[=&#"')\s,]|$)[^\s"'(),]*/g

/** Tokens by path and query of the address. @type {Map<string, string>} */
const tokens = new Map()

/**
 * The address to show instead, or the same.
 * @param {string} address as it is written
 * @param {string} base what it is relative to
 */
function replacement(address, base) {
  if (!address.includes('hd')) return address
  const [, text, hash] = /^([^#]*)(.*)$/s.exec(address.trim())
  const plain = text.replace(/&t=[^&]*/, '').replace(/\?t=[^&]*&/, '?')
  let url
  try {
    url = new URL(plain, base)
  } catch {
    return address
  }
  const token = tokens.get(url.pathname + url.search)
  return token === undefined ? address : `${plain}&t=${token}${hash}`
}

/** @param {string} text @param {string} base */
function replaceIn(text, base) {
  return text.includes('hd') ? text.replace(ADDRESS_RE, (address) => replacement(address, base)) : text
}

/** @param {Element} element */
function replaceInElement(element) {
  for (const name of ATTRIBUTES) {
    const value = element.getAttribute(name)
    if (!value || !value.includes('hd')) continue
    const replaced = (ADDRESS_ATTRIBUTES.includes(name) ? replacement : replaceIn)(value, document.baseURI)
    if (replaced !== value) element.setAttribute(name, replaced)
  }
  if (element.shadowRoot) replaceInTree(element.shadowRoot)
}

/** @param {Document | ShadowRoot} tree */
function replaceInTree(tree) {
  watch(tree)
  for (const element of tree.querySelectorAll('*')) replaceInElement(element)
  for (const sheet of [...tree.styleSheets, ...(tree.adoptedStyleSheets ?? [])]) replaceInSheet(sheet)
}

/** @param {CSSStyleSheet} sheet */
function replaceInSheet(sheet) {
  let rules
  try {
    rules = sheet.cssRules
  } catch {
    // Of another origin.
    return
  }
  replaceInRules(rules, sheet.href ?? document.baseURI)
}

/** @param {CSSRuleList} rules @param {string} base */
function replaceInRules(rules, base) {
  for (const rule of rules) {
    if (rule.styleSheet) replaceInSheet(rule.styleSheet)
    if (rule.cssRules) replaceInRules(rule.cssRules, base)
    const { style } = rule
    if (!style) continue
    const replaced = replaceIn(style.cssText, base)
    if (replaced !== style.cssText) style.cssText = replaced
  }
}

/** Frameworks write what they knew before: that is replaced as well. */
const observer = new MutationObserver((records) => {
  for (const { type, target, addedNodes } of records) {
    if (type === 'attributes') replaceInElement(target)
    for (const node of addedNodes) {
      if (!(node instanceof Element)) continue
      replaceInElement(node)
      for (const element of node.querySelectorAll('*')) replaceInElement(element)
    }
  }
})

/** @type {WeakSet<Node>} */
const watched = new WeakSet()

/** @param {Node} tree */
function watch(tree) {
  if (watched.has(tree)) return
  watched.add(tree)
  observer.observe(tree, { subtree: true, childList: true, attributes: true, attributeFilter: ATTRIBUTES })
}

/**
 * Loads it first, so that nothing flickers; but not what stands in a `srcset` only, for another screen than this one, because
 * browsers prefer what they have.
 * @param {{ url: string, newUrl: string }} address
 */
async function load({ url, newUrl }) {
  const { pathname, search } = new URL(url)
  const candidates = [...document.querySelectorAll('[srcset], [imagesrcset]')].filter((element) =>
    `${element.getAttribute('srcset')}${element.getAttribute('imagesrcset')}`.includes(pathname.split('/').at(-1) + search),
  )
  const isShown = [...document.images].some(({ currentSrc }) => currentSrc.startsWith(url))
  if (candidates.length > 0 && !isShown) return
  const image = new Image()
  image.src = newUrl
  const decoded = image.decode().catch(() => undefined)
  // Browsers may decode nothing for a page that is not seen, and one image must not hold up the others.
  await Promise.race([decoded, new Promise((resolve) => setTimeout(resolve, MAX_LOAD_MS))])
}

/** How long an image may take to load before it takes the place of its preview all the same. */
const MAX_LOAD_MS = 3000

/** A page that has not asked for a script for so long has come to rest. */
const REST_MS = 250

/** An app that never does is not waited for. */
const MAX_WAIT_MS = 10_000

/** Whether a framework that can be asked is still about to take over what the server rendered. */
function isHydrating() {
  const nuxt = document.getElementById('__nuxt')
  // oxlint-disable-next-line no-underscore-dangle -- so Vue calls it
  if (nuxt && nuxt.__vue_app__?.$nuxt?.isHydrating !== false) return true
  // React Router has the whole document taken over; React marks an element when all within it is compared.
  const isReactRouter = '__reactRouterContext' in window
  if (isReactRouter && !Object.keys(document.body).some((key) => key.startsWith('__reactFiber$'))) return true
  return document.querySelector('astro-island[ssr][client="load"]') !== null
}

/**
 * Frameworks take over what the server rendered, compare it with what they would have written, and complain of everything else.
 * Not all of them can be asked when they are done, so nothing is replaced before the page is loaded and its scripts have come to
 * rest.
 */
const settled = new Promise((resolve) => {
  let rest
  const scripts = new PerformanceObserver((list) => {
    if (list.getEntries().some(({ initiatorType }) => ['script', 'link', 'other'].includes(initiatorType))) wait()
  })
  const end = () => {
    scripts.disconnect()
    clearTimeout(rest)
    resolve()
  }
  const wait = () => {
    clearTimeout(rest)
    rest = setTimeout(() => (document.readyState === 'complete' && !isHydrating() ? end() : wait()), REST_MS)
  }
  scripts.observe({ type: 'resource' })
  wait()
  setTimeout(end, MAX_WAIT_MS)
})

/** What the server said last, by address. @type {Map<string, string>} */
const announced = new Map()

/** @param {{ url: string, token: string }[]} swaps */
async function swap(swaps) {
  const addresses = swaps.map(({ url, token }) => ({
    url: new URL(url, origin).href,
    newUrl: new URL(`${url}&t=${token}`, origin).href,
  }))
  for (const { url, token } of swaps) announced.set(url, token)
  await Promise.all([settled, ...addresses.map(load)])
  // The server may have told of a newer one meanwhile.
  for (const { url, token } of swaps) if (announced.get(url) === token) tokens.set(url, token)
  replaceInTree(document)
  for (const detail of addresses) window.dispatchEvent(new CustomEvent('unplugin-hd:ready', { detail }))
}

/** Where the dev server is: with a backend in front of it, not where the page is. */
const { origin } = new URL(import.meta.url)

// Vite handles one message after the other, and would wait for what this returns.
import.meta.hot.on('unplugin-hd:swap', (swaps) => void swap(swaps))
const connect = () => import.meta.hot.send('unplugin-hd:connect', { age: performance.now() })
// What was ready before this ran; and when the connection was lost, what was ready in the meantime.
import.meta.hot.on('vite:ws:connect', connect)
connect()
