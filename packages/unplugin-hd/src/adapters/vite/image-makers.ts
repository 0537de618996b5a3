import type { ResolvedConfig } from 'vite'

/** Vite makes a URL of an imported image; the plugins with these names make something else of it. */
const MAKERS: Readonly<Record<ImageMaker, RegExp>> = {
  astro: /^astro:assets\b/,
  imagetools: /^imagetools$/,
}

export type ImageMaker = 'astro' | 'imagetools'

/** Whether a plugin of the project makes the values of imported images. @param maker a particular one @default any */
export function hasImageMaker({ plugins }: Pick<ResolvedConfig, 'plugins'>, maker?: ImageMaker): boolean {
  const names = maker ? [MAKERS[maker]] : Object.values(MAKERS)
  return plugins.some((plugin) => names.some((name) => name.test(plugin.name)))
}
