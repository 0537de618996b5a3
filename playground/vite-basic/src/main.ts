import './style.css'

// 1x images, as Vite itself gives them.
import xylophone from '@/images/xylophone.webp'
import campfire from '@unplugin-hd/images/campfire.png'
import dandelion from '@unplugin-hd/images/dandelion.jpg'
import ladybug from '@unplugin-hd/images/ladybug.png'
import brushes from './images/brushes.jpg'

// Their 2x: by an alias, from a package, by a relative path.
import xylophoneHd from '@/images/xylophone.webp?hd'
import campfireHd from '@unplugin-hd/images/campfire.png?hd'
import dandelionHd from '@unplugin-hd/images/dandelion.jpg?hd'
import ladybugHd from '@unplugin-hd/images/ladybug.png?hd'
import brushesHd from './images/brushes.jpg?hd'

// The other shapes. The key that decides the type comes last, where TypeScript can see it.
import xylophoneSrcset from '@/images/xylophone.webp?hd&as=srcset'
import dandelionPicture from '@unplugin-hd/images/dandelion.jpg?hd&format=avif;webp&as=picture'
import schoonerMeta from '@unplugin-hd/images/schooner.png?hd&as=meta'
import balloonsImg from './images/balloons.png?hd&as=img'
import brushesWebp from './images/brushes.jpg?format=webp&quality=80&hd'

import { compare } from './compare.ts'
import { element } from './element.ts'
import { shape } from './shape.ts'

document.querySelector('#comparisons')?.append(
  compare({ title: 'Brushes', file: './images/brushes.jpg', src: brushes, hd: brushesHd, focus: [0.55, 0.2] }),
  compare({
    title: 'Dandelion',
    file: '@unplugin-hd/images/dandelion.jpg',
    src: dandelion,
    hd: dandelionHd,
    focus: [0.2, 0.1],
  }),
  compare({ title: 'Xylophone', file: '@/images/xylophone.webp', src: xylophone, hd: xylophoneHd, focus: [0.8, 0.5] }),
  compare({
    title: 'Campfire',
    file: '@unplugin-hd/images/campfire.png',
    src: campfire,
    hd: campfireHd,
    focus: [0.5, 0.5],
  }),
  compare({ title: 'Ladybug', file: '@unplugin-hd/images/ladybug.png', src: ladybug, hd: ladybugHd, focus: [0.5, 0.5] }),
)

document.querySelector('#shapes')?.append(
  shape({
    query: '?hd&as=srcset',
    value: xylophoneSrcset,
    view: element('img', { src: xylophone, srcset: xylophoneSrcset, width: 400, height: 341, alt: 'A toy xylophone' }),
  }),
  shape({
    query: '?hd&as=img',
    value: balloonsImg,
    view: element('img', { ...balloonsImg, alt: 'Three balloons' }),
  }),
  shape({
    query: '?hd&format=avif;webp&as=picture',
    value: dandelionPicture,
    view: element(
      'picture',
      {},
      ...dandelionPicture.sources.map((source) => element('source', source)),
      element('img', { ...dandelionPicture.img, alt: 'A dandelion against the evening sun' }),
    ),
  }),
  shape({
    query: '?hd&as=meta',
    value: schoonerMeta,
    view: element('img', {
      src: schoonerMeta.src,
      width: schoonerMeta.source.width,
      height: schoonerMeta.source.height,
      alt: 'A schooner under sail',
    }),
  }),
  shape({
    query: '?format=webp&quality=80&hd',
    value: brushesWebp,
    view: element('img', { src: brushesWebp, width: 560, height: 420, alt: 'Paint brushes of many colours' }),
  }),
  shape({
    query: 'import(…)',
    view: loadOnDemand(),
  }),
)

function loadOnDemand(): HTMLElement {
  const button = element('button', { type: 'button' }, 'Load the balloons')
  button.addEventListener('click', async () => {
    const { default: src } = await import('./images/balloons.png?hd&format=webp')
    button.replaceWith(element('img', { src, width: 290, height: 330, alt: 'Three balloons' }))
  })
  return button
}
