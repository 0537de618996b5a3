import dandelion from '@unplugin-hd/images/dandelion.jpg?hd'
import aliased from '@/images/ladybug.png?hd'
import ladybug from './images/ladybug.png?hd'
// oxlint-disable-next-line import/no-absolute-path -- what is public is named so
import schooner from '/schooner.png?hd'
import classes from './styles/module.module.css'
import './styles/less.less'
import './styles/sass.scss'

document.querySelector('#module').className = classes.module

/** Puts an image on the page. @param {string} place @param {string} size @param {object} attributes */
function show(place, size, attributes) {
  const image = Object.assign(document.createElement('img'), attributes)
  Object.assign(image.dataset, { place, size })
  document.querySelector('#scripts').append(image)
}

show('import', '96x96', { src: ladybug })
show('import, package', '640x427', { src: dandelion })
show('import, public', '400x300', { src: schooner })
show('import, alias', '96x96', { src: aliased })

const { default: later } = await import('./images/campfire.png?hd')
show('dynamic import', '320x378', { src: later })

const eager = import.meta.glob('./images/lady*.png', { query: '?hd', import: 'default', eager: true })
show('import.meta.glob', '96x96', { src: eager['./images/ladybug.png'] })
const lazy = import.meta.glob('./images/lady*.png', { query: '?hd', import: 'default' })
show('import.meta.glob, lazy', '96x96', { src: await lazy['./images/lady bug ü.png']() })

show('new URL()', '96x96', { src: new URL('./images/ladybug.png?hd', import.meta.url).href })
show('new URL(), public', '400x300', { src: new URL('/schooner.png?hd', import.meta.url).href })
const name = 'campfire'
show('new URL() with a template', '320x378', { src: new URL(`./images/${name}.png?hd`, import.meta.url).href })

const worker = new Worker(new URL('./worker.js', import.meta.url), { type: 'module' })
worker.addEventListener('message', ({ data }) => {
  show('worker', '96x96', { src: data })
  document.body.dataset.ready = ''
})
