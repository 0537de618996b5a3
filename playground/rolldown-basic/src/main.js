import dandelion from '@unplugin-hd/images/dandelion.jpg?hd'
import schooner from '@unplugin-hd/images/schooner.png?hd&as=img'

show('?hd', { src: dandelion, width: 640, height: 427, alt: 'A dandelion against the evening sun' })
show('?hd&as=img', { ...schooner, alt: 'A schooner under sail' })

void import('@unplugin-hd/images/campfire.png?hd').then(({ default: src }) => {
  show('a dynamic import', { src, width: 320, height: 378, alt: 'A campfire' })
})

function show(caption, attributes) {
  const img = document.createElement('img')
  for (const [name, value] of Object.entries(attributes)) img.setAttribute(name, value)
  const figcaption = document.createElement('figcaption')
  figcaption.textContent = caption
  const figure = document.createElement('figure')
  figure.append(img, figcaption)
  document.querySelector('main').append(figure)
}
