/** One entry of the sidebar. @see `test/contract/site.test.ts`, which fails for a page that is in no section */
export interface SidebarItem {
  text: string
  /** Of a page: `/guide/vite`. */
  link: string
  /** What it tells, for search engines and language models. At most 160 characters. */
  about: string
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
      {
        text: 'Why',
        link: '/guide/why',
        about: 'What super-resolution at build time gives, what it costs, and when not to use it',
      },
      { text: 'Getting started', link: '/guide/start', about: 'A 2x image in a new Vite project, step by step' },
      { text: 'TypeScript', link: '/guide/typescript', about: 'Types of ?hd imports, and generated types for all queries' },
      {
        text: 'Gallery',
        link: '/gallery',
        about: 'Before and after: photos, an illustration, text and transparency, by three upscalers',
      },
      {
        text: 'Measurements',
        link: '/measurements',
        about: 'Quality, speed, cached builds and installed size, and how to repeat the measurements',
      },
    ],
  },
  {
    text: 'Bundlers and frameworks',
    items: [
      { text: 'Vite', link: '/guide/vite', about: 'Set-up in Vite, and the places of a project in which ?hd works' },
      {
        text: 'Vue, React, Preact, Svelte',
        link: '/guide/components',
        about: 'Set-up with Vite plugins of component frameworks, and ?hd in their templates',
      },
      { text: 'All frameworks', link: '/frameworks', about: 'Every framework that was tried, with its set-up and what works' },
      { text: 'Next', link: '/next', about: 'Next.js with Turbopack and webpack: StaticImageData of twice the pixels' },
      { text: 'Nuxt', link: '/guide/nuxt', about: 'The module for Nuxt, with options, types and cache' },
      { text: 'Astro', link: '/guide/astro', about: 'The integration for Astro, and ?hd in its components' },
      { text: 'SvelteKit', link: '/guide/sveltekit', about: 'Set-up in SvelteKit, in templates and scripts' },
      { text: 'React Router', link: '/guide/react-router', about: 'Set-up in React Router, with attributes for JSX' },
      { text: 'webpack', link: '/guide/webpack', about: 'Set-up in webpack, as an ES module or by require()' },
      { text: 'Rspack and Rsbuild', link: '/guide/rspack', about: 'Set-up in Rspack and Rsbuild' },
      { text: 'Rollup and Rolldown', link: '/guide/rollup', about: 'Set-up in Rollup and Rolldown' },
      { text: 'esbuild', link: '/guide/esbuild', about: 'Set-up in esbuild' },
      { text: 'Bun', link: '/guide/bun', about: 'Set-up in the bundler of Bun' },
    ],
  },
  {
    text: 'Features',
    items: [
      {
        text: 'Queries and shapes',
        link: '/queries',
        about: 'All keys of a query: shape, factor, widths, format, quality, delivery',
      },
      {
        text: 'Where ?hd works',
        link: '/support',
        about: 'A table of every place of an image in every bundler: supported, or warned of',
      },
      {
        text: 'What importing an image means',
        link: '/assets',
        about: 'Images for the components of Astro, vite-imagetools and enhanced-img, by as=asset',
      },
      {
        text: 'Markdown and MDX',
        link: '/markdown',
        about: 'Which hosts of Markdown and MDX process ?hd, and how to set them up',
      },
      {
        text: 'Image processing',
        link: '/images',
        about: 'How images are read, enlarged, verified and encoded: colour, alpha, size limits',
      },
      { text: 'Dev servers', link: '/dev', about: 'Previews, the swap to the real image, and access in dev servers' },
      {
        text: 'Cache, CI and teams',
        link: '/cache',
        about: 'Where images are kept, how to prune and share them, and builds that only use the cache',
      },
      { text: 'CI recipes', link: '/ci', about: 'A committed cache, GitHub Actions, GitLab, hosts, Docker, Turborepo and Nx' },
      {
        text: 'Remote cache',
        link: '/remote-cache',
        about: 'A cache that machines share over HTTP, S3 or Redis, with signatures',
      },
      { text: 'Warm on many machines', link: '/queue', about: 'Missing images made by many machines, through a queue in Redis' },
      { text: 'Tests and Storybook', link: '/testing', about: 'Values without upscaling in Vitest, Jest and Storybook' },
      {
        text: 'Upscalers',
        link: '/upscalers',
        about: 'The built-in network, your own ONNX models, a function of your own, and chains',
      },
      {
        text: 'Inference servers',
        link: '/kserve',
        about: 'Upscaling on an inference server: Triton, KServe, OpenVINO Model Server',
      },
      { text: 'WeChat', link: '/wechat', about: "WeChat's super-resolution API: set-up, costs, CI, cloud functions and errors" },
      {
        text: 'Inspector and report',
        link: '/inspector',
        about: 'The page that shows every image before and after, in dev and for builds',
      },
      { text: 'Limits', link: '/limits', about: 'What is refused, and what may surprise' },
    ],
  },
  {
    text: 'Reference',
    items: [
      { text: 'Options', link: '/options', about: 'All options of the plugin with their defaults' },
      { text: 'Command line', link: '/cli', about: 'hd upscale, warm, compare, report, cache, doctor and types' },
      { text: 'Troubleshooting by error code', link: '/errors', about: 'Every error code, what raises it, and what to do' },
      {
        text: 'From the code',
        link: '/reference',
        about: 'Options, upscalers, stores and the help of the command line, from the code',
      },
      {
        text: 'Licences of dependencies',
        link: '/licences',
        about: 'The licence of every dependency, and what ships with the package',
      },
    ],
  },
  {
    text: 'Behind it',
    collapsed: true,
    items: [
      {
        text: 'Architecture',
        link: '/architecture',
        about: 'Words, packages, and which part may import which, for contributors',
      },
      { text: 'Decisions', link: '/decisions/', about: 'What was decided, why, and what follows' },
    ],
  },
]
