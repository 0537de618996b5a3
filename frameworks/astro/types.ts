// Checked by a test: the integration is one for Astro, and what `?hd` gives has its own types beside Astro's of images.
import type { AstroIntegration, ImageMetadata } from 'astro'
import { defineConfig } from 'astro/config'
import hd, { type HdOptions } from 'unplugin-hd/astro'
import plain from './src/images/ladybug.png'
import url from './src/images/ladybug.png?hd'
import img from './src/images/ladybug.png?hd&as=img'

const options: HdOptions = { quality: 80 }
export const integration: AstroIntegration = hd(options)
export default defineConfig({ integrations: [hd(), hd(options)] })

export const texts: [string, string] = [url, img.srcset]
export const metadata: ImageMetadata = plain

// @ts-expect-error a URL is no metadata
export const wrong: ImageMetadata = url
// @ts-expect-error there is no such option
hd({ qualty: 80 })
