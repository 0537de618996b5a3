import { parseRequest } from '@unplugin-hd/core'
import { expect, test } from 'vitest'
import { filesBelow, read } from './support/repository.ts'
import { allSamples, placeOf, samplesIn, type Sample } from './support/samples/samples.ts'
import { hdError, shellErrors } from './support/samples/shell.ts'
import { PARSERS } from './support/samples/syntax.ts'
import { isCompiled, typeErrors } from './support/samples/typescript.ts'

const SAMPLES = allSamples()

/** Languages that nothing here reads, and why. */
const UNREAD: Record<string, string> = {
  '': 'a drawing',
  text: 'what a command prints; the reference is compared with the code',
  md: 'any text is Markdown',
  svelte: 'its script is compiled here, all of it by frameworks/tests/samples.test.ts, where the compiler is',
  astro: 'the same',
  gitattributes: 'no parser is installed',
  dockerfile: 'no parser is installed',
  protobuf: 'no parser is installed',
  nginx: 'test/e2e/remote-cache.test.ts runs nginx',
}

/** Samples of a page in which images are typed by `unplugin-hd/next/client`. */
const isOfNext = ({ file }: Sample): boolean => file === 'docs/next.md'

const VITE = ['vite/client', 'unplugin-hd/client']

function sample(language: string, code: string): Sample[] {
  return samplesIn('a.md', `\`\`\`${language}\n${code}\n\`\`\`\n`)
}

async function errorsOf(samples: readonly Sample[], check: (sample: Sample) => Promise<string[]> | string[]): Promise<string[]> {
  const found = samples.map(async (each) => (await check(each)).map((error) => `${placeOf(each)}: ${error}`))
  return (await Promise.all(found)).flat()
}

const parsed = ({ language, code }: Sample) => PARSERS[language]?.(code) ?? []
const commands = ({ language, code }: Sample) => (language === 'sh' ? shellErrors(code) : [])

const variables = (text: string) => text.match(/UNPLUGIN_HD_[A-Z_]+/g) ?? []

/** What is wrong with the queries of images. */
function queries({ code }: Sample): string[] {
  return [...code.matchAll(/[\w@~./-]+\.(?:jpg|png)\?hd[\w&=;-]*/g)].flatMap(([id]) => {
    try {
      return parseRequest(id) === undefined ? [`${id} is no ?hd import`] : []
    } catch (error) {
      return [`${id}: ${(error as Error).message}`]
    }
  })
}

test('every language of a sample is compiled, parsed or run, or there is a reason why not', () => {
  const unchecked = SAMPLES.filter(
    (each) => !isCompiled(each) && !Object.hasOwn(PARSERS, each.language) && each.language !== 'sh' && !(each.language in UNREAD),
  )
  expect(unchecked.map((each) => `${placeOf(each)}: ${each.language}`)).toEqual([])
  const languages = new Set(SAMPLES.map(({ language }) => language))
  expect(Object.keys(UNREAD).filter((language) => !languages.has(language))).toEqual([])
})

test('samples in TypeScript and JavaScript compile with the types of the packages, and configurations fit their bundlers', () => {
  expect(
    typeErrors(
      SAMPLES.filter((each) => !isOfNext(each)),
      VITE,
    ),
  ).toEqual([])
  expect(typeErrors(SAMPLES.filter(isOfNext), ['unplugin-hd/next/client'])).toEqual([])
})

test('samples in other languages are read by their parsers', async () => {
  expect(await errorsOf(SAMPLES, parsed)).toEqual([])
})

test('commands in samples have the flags and arguments that our command lines, scripts and packages have', async () => {
  expect(await errorsOf(SAMPLES, commands)).toEqual([])
})

test('commands in texts are those of our command line', () => {
  const pages = ['README.md', ...filesBelow('docs').filter((name) => name.endsWith('.md'))]
  const errors = pages.flatMap((page) =>
    [...read(page).matchAll(/`(?:npx )?hd ((?:[a-z]+)(?: [^`<…]*)?)`/g)].flatMap(([text, words]) => {
      const error = hdError(words!.trim().split(/ +/))
      // A name alone speaks of the command, without what it takes.
      return error === undefined || / needs /.test(error) ? [] : [`${page}: ${text}: ${error}`]
    }),
  )
  expect(errors).toEqual([])
})

test('queries of images in samples are understood', async () => {
  expect(await errorsOf(SAMPLES, queries)).toEqual([])
})

test('variables of the environment that pages name are read by the code', () => {
  const sources = filesBelow('packages').filter((name) => /\/src\/.*(?<!\.test)\.ts$/.test(name))
  const known = new Set(sources.flatMap((name) => variables(read(name))))
  const pages = ['README.md', ...filesBelow('docs').filter((name) => name.endsWith('.md'))]
  expect(pages.flatMap((page) => variables(read(page)).filter((name) => !known.has(name)))).toEqual([])
})

test('a mistake in a sample is found, with its place', async () => {
  const wrong = [
    ...sample('js', `import hd from 'unplugin-hd/vite'\n\nexport default { plugins: [hd({ qualty: 80 })] }`),
    ...sample('js', `// webpack.config.js\nimport hd from 'unplugin-hd/webpack'\nexport default { entry: 1, plugins: [hd()] }`),
    ...sample('svelte', `<script>\n  import a from './a.jpg?hd&as=imgs'\n</script>`),
  ]
  expect(typeErrors(wrong, VITE)).toEqual([
    expect.stringMatching(/^a\.md:4: .*'qualty' does not exist/),
    expect.stringMatching(/^a\.md:2: .*\n.*'entry'/),
    expect.stringMatching(/^a\.md:3: Cannot find module/),
  ])

  expect(await errorsOf(sample('js', `import a from './a.jpg?hd&as=imgs'`), queries)).toEqual([expect.stringContaining(`'imgs'`)])
  expect(await errorsOf(sample('sh', 'npx hd upscale a.jpg --out b.jpg --qualty 80'), commands)).toEqual([
    expect.stringContaining(`Did you mean '--quality'?`),
  ])
  expect(await errorsOf(sample('sh', 'A=1 npm install -D unplugin-hq && npx -y pnpm@10 tset'), commands)).toHaveLength(2)
  for (const [language, text] of [
    ['json', '{ "a": 1, }'],
    ['yaml', 'a: b: c'],
    ['html', '<p a=1 a=2>'],
    ['css', '.a { b: c } }'],
    ['vue', '<template><p v-if></template>'],
  ] as const) {
    expect(await errorsOf(sample(language, text), parsed), language).not.toEqual([])
  }
})
