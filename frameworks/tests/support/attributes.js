// Runs in the page: the image attributes by place, as in the document.
const NAMES = ['src', 'srcset', 'poster', 'href', 'width', 'height']

/** Some frameworks write absolute URLs in the browser. */
function valueOf(element, name) {
  return element.getAttribute(name).replaceAll(`${location.origin}/`, '/')
}

function attributesOf(element) {
  return Object.fromEntries(NAMES.filter((name) => element.hasAttribute(name)).map((name) => [name, valueOf(element, name)]))
}

Object.fromEntries(
  [...document.querySelectorAll('[data-place]')].map((element) => [element.dataset.place, attributesOf(element)]),
)
