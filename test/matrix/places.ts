import { jpeg } from '../e2e/support/images.ts'

/** What a place needs of a bundler beside the plugin. */
export type Kit = 'js' | 'cjs' | 'worker' | 'glob' | 'public' | 'css' | 'sass' | 'less' | 'html' | 'vue'

/** Somewhere that a web project names an image. */
export interface Place {
  /** Markdown, for the table. */
  name: string
  kit: Kit
  files: Readonly<Record<string, string | Uint8Array>>
}

const js = (name: string, code: string, kit: Kit = 'js', files: Place['files'] = {}): Place => ({
  name,
  kit,
  files: { 'main.js': code, ...files },
})
const css = (name: string, code: string, files: Place['files'] = {}): Place => ({
  name,
  kit: 'css',
  files: { 'main.js': `import './style.css'`, 'style.css': code, ...files },
})
const html = (name: string, body: string, head = ''): Place => ({
  name,
  kit: 'html',
  files: { 'index.html': `<!doctype html>\n<html><head>${head}</head>\n<body>${body}</body></html>` },
})

/** Every group of places, in the order of the table. */
export async function places(): Promise<Record<string, Place[]>> {
  const image = await jpeg()
  return {
    JavaScript: [
      js("`import url from './a.jpg?hd'`", `export { default as url } from './a.jpg?hd'`),
      js("`import('./a.jpg?hd')`", `export const load = () => import('./a.jpg?hd')`),
      js(
        '`&as=srcset`, `img`, `picture`, `meta`',
        [
          `export { default as srcset } from './a.jpg?hd&as=srcset'`,
          `export { default as img } from './a.jpg?hd&as=img'`,
          `export { default as picture } from './a.jpg?hd&format=webp&as=picture'`,
          `export { default as meta } from './a.jpg?hd&as=meta'`,
        ].join('\n'),
      ),
      js(
        'by alias, from a package',
        `export { default as a } from '@pics/a.jpg?hd'\nexport { default as b } from 'pics/b.jpg?hd'`,
        'js',
        {
          'node_modules/pics/package.json': '{ "name": "pics" }',
          'node_modules/pics/b.jpg': await jpeg(40),
        },
      ),
      { name: "`require('./a.jpg?hd')`", kit: 'cjs', files: { 'main.cjs': `module.exports = require('./a.jpg?hd')` } },
      js("`new URL('./a.jpg?hd', import.meta.url)`", `export const url = new URL('./a.jpg?hd', import.meta.url).href`),
      js('the same with a name in `${}`', 'export const url = (name) => new URL(`./${name}.jpg?hd`, import.meta.url).href'),
      js(
        "`import.meta.glob('./*.jpg', { query: '?hd' })`",
        `export const all = import.meta.glob('./*.jpg', { query: '?hd', import: 'default', eager: true })`,
        'glob',
      ),
      js(
        'in a worker',
        `export const start = () => new Worker(new URL('./worker.js', import.meta.url), { type: 'module' })`,
        'worker',
        {
          'worker.js': `import url from './a.jpg?hd'\npostMessage(url)`,
        },
      ),
      js('a file of the public folder', `export { default as url } from '/p.jpg?hd'`, 'public', { 'public/p.jpg': image }),
    ],
    CSS: [
      css('`url(./a.jpg?hd)`', `.a { background: url(./a.jpg?hd) }`),
      css('`image-set()`', `.a { background: image-set(url('./a.jpg?hd&format=webp') 1x, url('./a.jpg?hd') 2x) }`),
      css('in an `@import`ed file', `@import './deep/part.css';`, { 'deep/part.css': `.a { background: url('../a.jpg?hd') }` }),
      {
        name: 'a CSS module',
        kit: 'css',
        files: {
          'main.js': `import * as names from './a.module.css'\nexport default names`,
          'a.module.css': `.a { background: url('./a.jpg?hd') }`,
        },
      },
      css('`url(./a.jpg?hd&as=srcset)`', `.a { background: url('./a.jpg?hd&as=srcset') }`),
      {
        name: 'a Sass partial',
        kit: 'sass',
        files: {
          'main.js': `import './style.scss'`,
          'style.scss': `@use './part';`,
          '_part.scss': `.a { .b { background: url('./a.jpg?hd') } }`,
        },
      },
      {
        name: 'an imported Less file',
        kit: 'less',
        files: {
          'main.js': `import './style.less'`,
          'style.less': `@import './part.less';`,
          'part.less': `.a { .b { background: url('./a.jpg?hd') } }`,
        },
      },
    ],
    HTML: [
      html('`<img src>`', `<img src="./a.jpg?hd">`),
      html('`<img srcset>`, `<source srcset>`', `<picture><source srcset="./a.jpg?hd 2x"><img srcset="./a.jpg?hd 2x"></picture>`),
      html('`<img src="./a.jpg?hd&as=img">`', `<img src="./a.jpg?hd&as=img">`),
      html('`<video poster>`', `<video poster="./a.jpg?hd"></video>`),
      html('`<link rel=preload as=image>`', '', `<link rel="preload" as="image" href="./a.jpg?hd" imagesrcset="./a.jpg?hd 2x">`),
      html('`style=""`', `<p style="background: url('./a.jpg?hd')"></p>`),
      html('`<style>`', '', `<style>p { background: url('./a.jpg?hd') }</style>`),
    ],
    Components: [
      {
        name: 'Vue template, `src`',
        kit: 'vue',
        files: { 'main.js': `export { default } from './App.vue'`, 'App.vue': `<template><img src="./a.jpg?hd"></template>` },
      },
      {
        name: 'Vue template, `srcset`',
        kit: 'vue',
        files: {
          'main.js': `export { default } from './App.vue'`,
          'App.vue': `<template><img srcset="./a.jpg?hd 2x"></template>`,
        },
      },
      {
        name: 'Vue `<style>`',
        kit: 'vue',
        files: {
          'main.js': `export { default } from './App.vue'`,
          'App.vue': `<template><p class="a">a</p></template>\n<style>.a { background: url('./a.jpg?hd') }</style>`,
        },
      },
    ],
  }
}
