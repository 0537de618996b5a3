import { expect, test } from 'vitest'
import type { InspectedImage } from '../../src/inspector/data.ts'
import { choose, summaryOf, type Choice } from './model.ts'

function image(name: string, more: Partial<InspectedImage> = {}, bytes = 100, ms = 0): InspectedImage {
  return {
    name,
    state: 'cached',
    source: { width: 10, height: 10, format: 'jpeg', bytes: 50 },
    variants: [
      {
        factor: 2,
        format: 'webp',
        quality: 85,
        state: 'cached',
        width: 20,
        height: 20,
        bytes,
        ms,
        upscaler: 'neural',
        fallback: false,
      },
    ],
    uses: [],
    problems: [],
    metered: 0,
    ...more,
  }
}

const IMAGES = [
  image('b10.jpg', { state: 'failed', problems: ['no luck'] }, 10, 5),
  image('b9.jpg', { uses: [{ text: 'src/App.tsx:3', reference: './b9.jpg?hd' }] }, 300, 9),
  image('a.jpg', { state: 'making', source: { width: 99, height: 10, format: 'png', bytes: 1000 } }),
]

function names(choice: Partial<Choice>): string[] {
  return choose(IMAGES, { words: '', state: 'all', sort: 'name', ...choice }).map(({ name }) => name)
}

test('images are sorted by what was chosen, and by their names where that is the same', () => {
  expect(names({})).toEqual(['a.jpg', 'b9.jpg', 'b10.jpg'])
  expect(names({ sort: 'state' })).toEqual(['b10.jpg', 'a.jpg', 'b9.jpg'])
  expect(names({ sort: 'pixels' })).toEqual(['a.jpg', 'b9.jpg', 'b10.jpg'])
  expect(names({ sort: 'bytes' })).toEqual(['b9.jpg', 'a.jpg', 'b10.jpg'])
  expect(names({ sort: 'growth' })).toEqual(['b9.jpg', 'b10.jpg', 'a.jpg'])
  expect(names({ sort: 'time' })).toEqual(['b9.jpg', 'b10.jpg', 'a.jpg'])
})

test('all words have to be somewhere in an image: its name, facts, places, problems', () => {
  expect(names({ words: 'APP.tsx webp' })).toEqual(['b9.jpg'])
  expect(names({ words: 'no luck' })).toEqual(['b10.jpg'])
  expect(names({ words: 'neural png2' })).toEqual([])
  expect(names({ state: 'making' })).toEqual(['a.jpg'])
})

test('the summary counts images by state and adds up bytes', () => {
  expect(summaryOf(IMAGES, 3)).toBe('3 images: 1 failed, 1 being made, 1 cached; 1.1 kB → 410 B')
  expect(summaryOf([], 3)).toBe('0 of 3 images; 0 B → 0 B')
})
