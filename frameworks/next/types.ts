// Checked by a test: the configuration keeps its type, and what `?hd` gives is what `<Image>` takes.
import type { NextConfig } from 'next'
import type { StaticImageData } from 'next/image'
import withHd, { type HdOptions } from 'unplugin-hd/next'
import image from './images/ladybug.png?hd'
import webp from './images/ladybug.png?hd&format=webp'
import url from './images/ladybug.png?hd&as=url'
import asset from './images/ladybug.png?hd&as=asset'
import img from './images/ladybug.png?hd&as=img&jsx'

const options: HdOptions = { quality: 80 }
const config: NextConfig = { basePath: '/docs' }
export const plain: NextConfig = withHd(config, options)
export const byFile: NextConfig = withHd(config, './hd.config.mjs')
export const called: (phase: string) => Promise<NextConfig> = withHd(async (_phase: string) => config, options)
export default withHd()

export const images: StaticImageData[] = [image, webp, asset]
export const texts: [string, string] = [url, img.srcSet]

// @ts-expect-error an image is no URL
export const wrong: string = image
// @ts-expect-error there is no such option
withHd({}, { qualty: 80 })
