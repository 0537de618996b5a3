import campfire from '@unplugin-hd/images/campfire.png?hd&as=img'
import dandelion from '@unplugin-hd/images/dandelion.jpg?hd&as=img'
import dandelionFacts from '@unplugin-hd/images/dandelion.jpg?hd&as=meta'
import ladybug from '@unplugin-hd/images/ladybug.png?hd&as=img'

const images = document.querySelector('#images')
for (const attributes of [dandelion, campfire, ladybug]) {
  images.append(Object.assign(document.createElement('img'), { alt: '', ...attributes }))
}
images.append(`The dandelion was doubled by ${dandelionFacts.upscaler}.`)
