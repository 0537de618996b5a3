// Checked by a test: the module is one for Nuxt, which takes the type of its options from it.
import type { NuxtModule } from 'nuxt/schema'
import hd, { type HdOptions } from 'unplugin-hd/nuxt'
import url from './app/assets/ladybug.png?hd'

export const nuxtModule: NuxtModule<HdOptions> = hd

/** As Nuxt's generated types have it. */
type Options = typeof hd extends NuxtModule<infer O> ? O : never
export const options: Options = { quality: 80 }
// @ts-expect-error there is no such option
export const wrong: Options = { qualty: 80 }

export const text: string = url
