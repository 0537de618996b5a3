import { expect, test } from 'vitest'
import { keepQueries } from './webpack.ts'

test('the loader after Sass keeps queries, wherever it is in the rules, and others stay as they are', () => {
  const resolveUrl = { loader: '/next/loaders/resolve-url-loader/index.js', options: { sourceMap: true } }
  const other = { loader: '/sass-loader/index.js', options: {} }
  keepQueries([null, 'loader', { oneOf: [{ use: [other, resolveUrl] }, { use: other }] }])
  expect(resolveUrl.options).toEqual({ sourceMap: true, keepQuery: true })
  expect(other.options).toEqual({})
})
