import './style.css'

// 1x images, as Vite itself gives them.
import xylophone from '@/images/xylophone.webp'
import octopus from '../../../bench/images/alpha/octopus.png'
import wizard from '../../../bench/images/illustration/wizard.png'
import castle from '../../../bench/images/photo/castle.png'
import preferences from '../../../bench/images/text/preferences.png'

// Their 2x: from a package, and by relative paths. No upscaler has learnt from the latter.
import dandelionHd from '@unplugin-hd/images/dandelion.jpg?hd'
import octopusHd from '../../../bench/images/alpha/octopus.png?hd&as=meta'
import wizardHd from '../../../bench/images/illustration/wizard.png?hd&as=meta'
import castleHd from '../../../bench/images/photo/castle.png?hd&as=meta'
import preferencesHd from '../../../bench/images/text/preferences.png?hd&as=meta'

// The other shapes. The key that decides the type comes last, where TypeScript can see it.
import xylophoneSrcset from '@/images/xylophone.webp?hd&as=srcset'
import dandelionPicture from '@unplugin-hd/images/dandelion.jpg?hd&format=avif;webp&as=picture'
import schoonerMeta from '@unplugin-hd/images/schooner.png?hd&as=meta'
import balloonsImg from './images/balloons.png?hd&as=img'
import brushesWebp from './images/brushes.jpg?format=webp&quality=80&hd'

import { defineCompareSlider } from '../../compare-slider.ts'
import { comparison } from './comparison.ts'
import { element } from './element.ts'
import { shape } from './shape.ts'

defineCompareSlider()
document
  .querySelector('#comparisons')
  ?.append(
    comparison({ alt: 'A castle with brick towers', file: 'castle.png', src: castle, hd: castleHd }),
    comparison({ alt: 'A drawn wizard who paints at a desk', file: 'wizard.png', src: wizard, hd: wizardHd }),
    comparison({ alt: 'Settings of a program', file: 'preferences.png', src: preferences, hd: preferencesHd }),
    comparison({ alt: 'A pink octopus', file: 'octopus.png', src: octopus, hd: octopusHd }),
  )

document.querySelector('#shapes')?.append(
  shape({
    query: '?hd',
    value: dandelionHd,
    view: element('img', { src: dandelionHd, width: 640, height: 427, alt: 'A dandelion against the evening sun' }),
  }),
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
