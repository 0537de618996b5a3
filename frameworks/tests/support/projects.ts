/** A project that is built, served and opened. */
export interface Project {
  name: string
  /** The folder, where several projects share one. @default `name` */
  folder?: string
  /** Scripts other than `build` and `dev`. */
  scripts?: { build: string; dev: string }
  /** The folder that messages are relative to. @default the project */
  root?: string
  /** The file with a reference in a place that is not supported, relative to it. */
  unsupported: string
  /** The oldest Node.js that its framework runs on, if that is newer than ours. */
  node?: readonly [major: number, minor: number]
  /** The number of places on each page; update it for new ones. */
  pages: Readonly<Record<string, number>>
  /** Pages that the server renders without a script. */
  scriptless?: readonly string[]
  /** True if the server or the build renders its pages. */
  isRendered: boolean
  /** The folder of the build's public files. */
  output: string
  /** The 2x images that it uses. */
  images: readonly string[]
  /** Names of all emitted images, where they do not show which are 2x; a source that is emitted too counts. */
  emitted?: readonly string[]
  /** Its dev server makes the images before it answers. */
  waitsInDev?: boolean
  /** Flags for the host and port of its built server and its dev server, in addition to `HOST` and `PORT`. */
  previewFlags?: (port: number) => readonly string[]
  devFlags: (port: number) => readonly string[]
}

/** In a link, so no browser loads it. */
export const UNSUPPORTED = '/other.png?hd'

const next = {
  folder: 'next',
  unsupported: 'app/page.jsx',
  pages: { '': 9, old: 3, server: 2 },
  scriptless: ['server'],
  isRendered: true,
  output: '.next/static',
  images: ['campfire', 'ladybug', 'schooner'],
  waitsInDev: true,
  previewFlags: (port: number) => ['-H', '127.0.0.1', '-p', String(port)],
  devFlags: (port: number) => ['-H', '127.0.0.1', '-p', String(port)],
}

const astro = {
  unsupported: 'src/components/Places.astro',
  pages: { '': 18, server: 19, asset: 2 },
  scriptless: ['asset'],
  isRendered: true,
  output: 'dist/client',
  images: ['campfire', 'ladybug', 'schooner'],
  devFlags: (port: number) => ['--host', '127.0.0.1', '--port', String(port)],
}

const viteFlags = (port: number): string[] => ['--host', '127.0.0.1', '--port', String(port), '--strictPort']

export const PROJECTS: readonly Project[] = [
  {
    name: 'vue',
    unsupported: 'src/App.vue',
    pages: { '': 17 },
    isRendered: false,
    output: 'dist',
    images: ['campfire', 'ladybug', 'schooner'],
    previewFlags: viteFlags,
    devFlags: viteFlags,
  },
  ...['react', 'preact'].map((name) => ({
    name,
    unsupported: 'src/App.jsx',
    pages: { '': 8 },
    isRendered: false,
    output: 'dist',
    images: ['campfire', 'ladybug'],
    previewFlags: viteFlags,
    devFlags: viteFlags,
  })),
  {
    name: 'react-router',
    unsupported: 'app/routes/home.tsx',
    pages: { '': 9, server: 2 },
    scriptless: ['server'],
    isRendered: true,
    output: 'build/client',
    images: ['campfire', 'ladybug', 'schooner'],
    devFlags: viteFlags,
  },
  {
    name: 'sveltekit',
    unsupported: 'src/routes/+page.svelte',
    pages: { '': 20 },
    isRendered: true,
    output: 'dist/client',
    images: ['campfire', 'ladybug', 'schooner'],
    devFlags: viteFlags,
  },
  {
    name: 'nuxt',
    root: 'app',
    unsupported: 'app.vue',
    pages: { '': 18 },
    isRendered: true,
    output: '.output/public',
    images: ['campfire', 'ladybug', 'schooner'],
    devFlags: (port) => ['--host', '127.0.0.1', '--port', String(port)],
  },
  { ...astro, name: 'astro' },
  { ...astro, name: 'astro-6', node: [22, 12] },
  { ...astro, name: 'astro-7', node: [22, 12] },
  { ...next, name: 'next', emitted: ['campfire', 'campfire', 'ladybug', 'schooner'] },
  { ...next, name: 'next, webpack', scripts: { build: 'build:webpack', dev: 'dev:webpack' } },
  { ...next, folder: 'next-15', name: 'next-15' },
]

/** Whether this Node.js is too old. */
export function isTooOld([major, minor]: readonly [number, number] = [0, 0]): boolean {
  const [ours = 0, oursMinor = 0] = process.versions.node.split('.').map(Number)
  return ours < major || (ours === major && oursMinor < minor)
}
