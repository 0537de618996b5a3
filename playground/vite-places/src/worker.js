import ladybug from './pictures/ladybug.png?hd'

globalThis.postMessage(ladybug)
