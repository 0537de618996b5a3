import path from 'node:path'
import { createLogger, type Logger } from 'vite'
import { defineConfig } from 'vitepress'
import { SITE } from '../../packages/core/src/errors.ts'
import { gallery } from './gallery.ts'
import { withErrorAnchors } from './error-anchors.ts'
import { siteLink } from './links.ts'
import { writeLlms } from './llms.ts'
import { SIDEBAR } from './sidebar.ts'

const REPOSITORY = 'https://github.com/unplugin-hd/unplugin-hd'
const plugins = gallery()

/** Pages that explain `?hd` contain it; everything else that the plugin warns of is shown. */
function withoutProse(logger: Logger): Logger {
  const { warn } = logger
  logger.warn = (message, options) => {
    if (!/\.md\b.* was not processed by unplugin-hd/.test(message)) warn(message, options)
  }
  return logger
}

/** The description of a page; `undefined` for that of the site. @param file relative to `docs` */
function aboutOf(file: string): string | undefined {
  const link = `/${file.replace(/\.md$/, '').replace(/(?<=\/)index$/, '')}`
  return SIDEBAR.flatMap(({ items }) => items).find((item) => item.link === link)?.about
}

export default defineConfig({
  title: 'unplugin-hd',
  description: '`?hd` imports: 2x images by super-resolution at build time',
  lang: 'en',
  base: `${new URL(SITE).pathname}/`,
  cleanUrls: true,
  sitemap: { hostname: `${SITE}/` },
  // The site has no icon; without this, browsers ask for one and report that it is missing.
  head: [['link', { rel: 'icon', href: 'data:,' }]],
  themeConfig: {
    nav: [
      { text: 'Guide', link: '/guide/start' },
      { text: 'Gallery', link: '/gallery' },
      { text: 'Reference', link: '/options' },
      { text: 'Changelog', link: `${REPOSITORY}/blob/main/CHANGELOG.md` },
    ],
    sidebar: SIDEBAR,
    search: { provider: 'local' },
    outline: [2, 3],
    socialLinks: [{ icon: 'github', link: REPOSITORY }],
    editLink: { pattern: `${REPOSITORY}/edit/main/docs/:path` },
    footer: { message: 'MIT licence' },
  },
  markdown: {
    config(md) {
      const before =
        md.renderer.rules.link_open ?? ((tokens, index, options, _, self) => self.renderToken(tokens, index, options))
      md.renderer.rules.link_open = (tokens, index, options, env: { relativePath?: string }, self) => {
        const token = tokens[index]!
        const href = token.attrGet('href')
        if (href !== null) token.attrSet('href', siteLink(href, env.relativePath ?? ''))
        return before(tokens, index, options, env, self)
      }
      withErrorAnchors(md)
    },
  },
  transformPageData: (page) => ({ description: aboutOf(page.relativePath) }),
  vue: { template: { compilerOptions: { isCustomElement: (tag) => tag === 'compare-slider' } } },
  vite: {
    plugins,
    customLogger: withoutProse(createLogger('warn')),
    // Where the pages and the images of the gallery are.
    server: { fs: { allow: [path.resolve(import.meta.dirname, '../..')] } },
  },
  buildEnd: ({ outDir, srcDir }) => writeLlms(srcDir, outDir, SITE),
})
