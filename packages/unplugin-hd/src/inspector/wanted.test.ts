import path from 'node:path'
import { parseRequest, type HdRequest } from '@unplugin-hd/core'
import { expect, test } from 'vitest'
import type { Use } from './data.ts'
import { WantedImages } from './wanted.ts'

function request(query: string): HdRequest {
  return parseRequest(`a.jpg${query}`)!.request
}

function use(text: string): Use {
  return { text, reference: './a.jpg?hd' }
}

test('an image has each request and each use once, and places without a line only where nothing better is known', () => {
  const wanted = new WantedImages()
  wanted.add('/b.jpg', request('?hd'))
  wanted.add('/a.jpg', request('?hd'), use('App.vue:12'))
  wanted.add('/a.jpg', request('?hd'), use('App.vue:3'))
  wanted.add('/a.jpg', request('?hd'), use('App.vue:3'))
  wanted.add('/a.jpg', request('?hd&quality=50'), use('App.vue'))
  wanted.add('/a.jpg', request('?hd'), use('Page.vue'))
  const all = wanted.all().map(({ file, requests, uses }) => [file, requests.length, uses.map(({ text }) => text)])
  expect(all).toEqual([
    [path.normalize('/a.jpg'), 2, ['App.vue:3', 'App.vue:12', 'Page.vue']],
    [path.normalize('/b.jpg'), 1, []],
  ])
})
