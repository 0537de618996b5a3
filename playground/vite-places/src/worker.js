import ladybug from './images/ladybug.png?hd'

globalThis.postMessage(ladybug)
