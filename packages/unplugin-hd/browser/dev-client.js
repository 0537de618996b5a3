// Runs in pages of Vite's dev server. An address with `?hd` shows a preview at first. When the server announces that the real
// image is ready, or that the file was edited, every use of the address in the page gets a token. The page is not reloaded and
// keeps its state.
//
// A canvas or a texture holds no address. For these `window` gets an event `unplugin-hd:ready` for every image, with
// `detail: { url, newUrl }`, both absolute.

/** Attributes that hold one address. */
const ADDRESS_ATTRIBUTES = ['src', 'href', 'xlink:href', 'poster', 'data', 'background']
/** Attributes that hold addresses within other text. */
const TEXT_ATTRIBUTES = ['srcset', 'imagesrcset', 'style']
const ATTRIBUTES = [...ADDRESS_ATTRIBUTES, ...TEXT_ATTRIBUTES]

/** A possible address with `hd` in a text. */
const ADDRESS_RE = /[^\s"'(),]+[?&]hd(?=[=&#"')\s,]|$)[^\s"'(),]*/g

/** Tokens by path and query of the address. @type {Map<string, string>} */
const tokens = new Map()

/**
 * The address with its token, or the same address when there is none.
 * @param {string} address as it is written
 * @param {string} base URL that it is relative to
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
    // A stylesheet of another origin.
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

/** Frameworks may write an address again that they know from before. */
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
 * Loads an image before it is swapped in, so that nothing flickers. A candidate of a `srcset` that the browser did not choose is
 * skipped: once loaded, the browser might prefer it.
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
  // A browser may not decode images of a page in the background, and one image must not hold up the others.
  await Promise.race([decoded, new Promise((resolve) => setTimeout(resolve, MAX_LOAD_MS))])
}

/** After this time an image is swapped in even if it is not loaded. */
const MAX_LOAD_MS = 3000

/** A page is idle when it has requested no script for this time. */
const REST_MS = 250

/** A page that is never idle is not waited for. */
const MAX_WAIT_MS = 10_000

/** True while a framework whose state can be read is hydrating. */
function isHydrating() {
  const nuxt = document.getElementById('__nuxt')
  // oxlint-disable-next-line no-underscore-dangle -- so Vue calls it
  if (nuxt && nuxt.__vue_app__?.$nuxt?.isHydrating !== false) return true
  // React Router hydrates the whole document; React marks an element when its content is hydrated.
  const isReactRouter = '__reactRouterContext' in window
  if (isReactRouter && !Object.keys(document.body).some((key) => key.startsWith('__reactFiber$'))) return true
  // SvelteKit hydrates in one task; in development Svelte marks the elements that it has hydrated.
  const isSvelteKit = '__sveltekit_dev' in window
  // oxlint-disable-next-line no-underscore-dangle -- so Svelte calls it
  if (isSvelteKit && ![...document.body.querySelectorAll('*')].some((element) => element.__svelte_meta)) return true
  return document.querySelector('astro-island[ssr][client="load"]') !== null
}

/**
 * Frameworks compare the server's HTML with their own while they hydrate it, and warn of differences. Not all of them show when
 * they are done, so nothing is replaced before the page is loaded and idle.
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

/** The last token that the server announced, by address. @type {Map<string, string>} */
const announced = new Map()

/** @param {{ url: string, token: string }[]} swaps */
async function swap(swaps) {
  const addresses = swaps.map(({ url, token }) => ({
    url: new URL(url, origin).href,
    newUrl: new URL(`${url}&t=${token}`, origin).href,
  }))
  for (const { url, token } of swaps) announced.set(url, token)
  await Promise.all([settled, ...addresses.map(load)])
  // The server may have announced a newer one meanwhile.
  for (const { url, token } of swaps) if (announced.get(url) === token) tokens.set(url, token)
  replaceInTree(document)
  for (const detail of addresses) window.dispatchEvent(new CustomEvent('unplugin-hd:ready', { detail }))
}

/** Of the dev server. Behind a backend it differs from the origin of the page. */
const { origin } = new URL(import.meta.url)

// Nothing is returned: Vite handles messages one by one, and would wait for the promise.
import.meta.hot.on('unplugin-hd:swap', (swaps) => void swap(swaps))
const connect = () => import.meta.hot.send('unplugin-hd:connect', { age: performance.now() })
// Images may have become ready before this ran, or while the connection was lost.
import.meta.hot.on('vite:ws:connect', connect)
connect()
