/**
 * What samples import or use, and what is declared for it because no package here has it. Everything else has its real types. Each entry needs
 * a reason to be here; `frameworks/` builds real projects with most of them.
 */
export const STAND_INS: readonly { why: string; declarations: string }[] = [
  {
    why: 'the frameworks are installed only in their own workspace',
    declarations: `
      declare module 'astro/config' {
        export function defineConfig(config: { integrations: { name: string; hooks: object }[] }): object
      }
      declare module 'astro:assets'
      declare module '@sveltejs/kit/vite' { export function sveltekit(): import('vite').Plugin[] }
      declare module '@react-router/dev/vite' { export function reactRouter(): import('vite').Plugin[] }
      declare module 'next/image' { export default function Image(properties: { src: object | string; alt: string; placeholder?: 'blur' }): unknown }
      declare function defineNuxtConfig(config: { modules: string[]; hd?: import('unplugin-hd').HdOptions }): object
      declare namespace JSX { interface IntrinsicElements { img: { src: string; srcSet?: string; srcset?: string; alt: string; width?: number; height?: number } } }`,
  },
  {
    why: 'they are installed nowhere here',
    declarations: `
      declare module '@mdx-js/rollup' { export default function mdx(options: { remarkPlugins: unknown[] }): import('vite').Plugin }
      declare module 'remark-mdx-images'
      declare module 'unstorage' { export function createStorage(options: { driver: object }): import('@unplugin-hd/remote-cache').Storage }
      declare module 'unstorage/drivers/fs-lite' { export default function fsDriver(options: { base: string }): object }
      declare const Bun: { build(options: { entrypoints: string[]; outdir: string; plugins: { name: string; setup: unknown }[] }): Promise<object> }`,
  },
  {
    why: 'the option dts writes the types of queries that unplugin-hd/client has no pattern for',
    declarations: `
      declare module '*?hd&as=asset&w=800;1600&format=webp'
      declare module '*?hd&as=asset&enhanced'`,
  },
  {
    why: 'its types refuse its own DYNAMIC_CURRENT_ENV',
    declarations: `declare module 'wx-server-sdk'`,
  },
  {
    why: 'the files are those of the reader',
    declarations: `
      declare module '*/my-resolver.cjs'
      declare module '*.hdw?url' { const url: string; export default url }
      declare const rgb: Uint8Array
      declare function build(): Promise<void>`,
  },
  {
    why: 'lines of one page share the imports of its first sample',
    declarations: `
      declare const hd: typeof import('unplugin-hd/vite').default
      declare const neural: typeof import('unplugin-hd').neural
      declare const withHd: typeof import('unplugin-hd/next').default`,
  },
]
