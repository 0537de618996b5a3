import { createRequire } from 'node:module'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import ts from 'typescript'
import { expect, test } from 'vitest'
import { allSamples, placeOf } from '../../test/contract/support/samples/samples.ts'
import { framework } from './support/framework.ts'

/** Resolves packages as a project does, or a package of it. */
function from(project: string, owner?: string): NodeJS.Require {
  const local = createRequire(path.join(framework(project, '').folder, 'package.json'))
  return owner === undefined ? local : createRequire(local.resolve(owner))
}

async function load(require: NodeJS.Require, name: string): Promise<unknown> {
  return import(/* @vite-ignore */ pathToFileURL(require.resolve(name)).href)
}

// The rest of test/contract/samples.test.ts, which has no compiler for these.
test('components of Svelte in the documentation compile', async () => {
  const svelte = (await load(from('sveltekit'), 'svelte/compiler')) as {
    compile(code: string, options: object): { warnings: { code: string }[] }
  }
  const samples = allSamples().filter(({ language }) => language === 'svelte')
  const found = samples.map((sample) => ({
    place: placeOf(sample),
    warnings: svelte.compile(sample.code, { generate: 'client' }).warnings.map(({ code }) => code),
  }))
  expect(found).toEqual(samples.map((sample) => ({ place: placeOf(sample), warnings: [] })))
  expect(samples).not.toEqual([])
  expect(() => svelte.compile('{#each', { generate: 'client' })).toThrow('expected')
})

test('components of Astro in the documentation compile', async () => {
  const astro = (await load(from('astro', 'astro/package.json'), '@astrojs/compiler')) as {
    transform(code: string, options: object): Promise<{ code: string; diagnostics: { text: string }[] }>
  }
  // Its compiler takes expressions as they are; Astro has what it makes of them compiled as TypeScript.
  const errorsOf = async (text: string): Promise<unknown[]> => {
    const { code, diagnostics } = await astro.transform(text, { filename: '/a.astro' })
    const compiled = ts.transpileModule(code, { reportDiagnostics: true, compilerOptions: { target: ts.ScriptTarget.ES2023 } })
    return [...diagnostics.map((each) => each.text), ...compiled.diagnostics!.map(({ messageText }) => messageText)]
  }
  const samples = allSamples().filter(({ language }) => language === 'astro')
  for (const sample of samples) expect(await errorsOf(sample.code), placeOf(sample)).toEqual([])
  expect(samples).not.toEqual([])
  expect(await errorsOf('<p>{1 +}</p>')).not.toEqual([])
})
