/** One entry of the sidebar. @see `test/contract/site.test.ts`, which fails for a page that is in no section */
export interface SidebarItem {
  text: string
  /** Of a page: `/guide/vite`. */
  link: string
}

export interface SidebarSection {
  text: string
  collapsed?: boolean
  items: SidebarItem[]
}

/** Every page of the site, by section. Add new pages here. */
export const SIDEBAR: SidebarSection[] = [
  {
    text: 'Guide',
    items: [
      { text: 'Why', link: '/guide/why' },
      { text: 'Getting started', link: '/guide/start' },
      { text: 'TypeScript', link: '/guide/typescript' },
      { text: 'Gallery', link: '/gallery' },
      { text: 'Measurements', link: '/measurements' },
    ],
  },
  {
    text: 'Bundlers and frameworks',
    items: [
      { text: 'Vite', link: '/guide/vite' },
      { text: 'Vue, React, Preact, Svelte', link: '/guide/components' },
      { text: 'All frameworks', link: '/frameworks' },
      { text: 'Next', link: '/next' },
      { text: 'Nuxt', link: '/guide/nuxt' },
      { text: 'Astro', link: '/guide/astro' },
      { text: 'SvelteKit', link: '/guide/sveltekit' },
      { text: 'React Router', link: '/guide/react-router' },
      { text: 'webpack', link: '/guide/webpack' },
      { text: 'Rspack and Rsbuild', link: '/guide/rspack' },
      { text: 'Rollup and Rolldown', link: '/guide/rollup' },
      { text: 'esbuild', link: '/guide/esbuild' },
      { text: 'Bun', link: '/guide/bun' },
    ],
  },
  {
    text: 'Features',
    items: [
      { text: 'Queries and shapes', link: '/queries' },
      { text: 'Where ?hd works', link: '/support' },
      { text: 'What importing an image means', link: '/assets' },
      { text: 'Markdown and MDX', link: '/markdown' },
      { text: 'Image processing', link: '/images' },
      { text: 'Dev servers', link: '/dev' },
      { text: 'Cache, CI and teams', link: '/cache' },
      { text: 'CI recipes', link: '/ci' },
      { text: 'Remote cache', link: '/remote-cache' },
      { text: 'Warm on many machines', link: '/queue' },
      { text: 'Tests and Storybook', link: '/testing' },
      { text: 'Upscalers', link: '/upscalers' },
      { text: 'Inference servers', link: '/kserve' },
      { text: 'WeChat', link: '/wechat' },
      { text: 'Inspector and report', link: '/inspector' },
      { text: 'Limits', link: '/limits' },
    ],
  },
  {
    text: 'Reference',
    items: [
      { text: 'Options', link: '/options' },
      { text: 'Command line', link: '/cli' },
      { text: 'Troubleshooting by error code', link: '/errors' },
      { text: 'From the code', link: '/reference' },
      { text: 'Licences of dependencies', link: '/licences' },
    ],
  },
  {
    text: 'Behind it',
    collapsed: true,
    items: [
      { text: 'Architecture', link: '/architecture' },
      { text: 'Decisions', link: '/decisions/' },
    ],
  },
]
