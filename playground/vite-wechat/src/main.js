import campfire from '@unplugin-hd/pictures/campfire.png?hd&as=img'
import dandelion from '@unplugin-hd/pictures/dandelion.jpg?hd&as=img'
import dandelionFacts from '@unplugin-hd/pictures/dandelion.jpg?hd&as=meta'
import ladybug from '@unplugin-hd/pictures/ladybug.png?hd&as=img'

const pictures = document.querySelector('#pictures')
for (const attributes of [dandelion, campfire, ladybug]) {
  pictures.append(Object.assign(document.createElement('img'), { alt: '', ...attributes }))
}
pictures.append(`The dandelion was doubled by ${dandelionFacts.upscaler}.`)
