import { createRequire } from 'node:module'
import path from 'node:path'
import hd, { createResolver } from 'unplugin-hd/jest'
import { expect, test } from 'vitest'
import { HEIGHT, jpeg, WIDTH } from './support/images.ts'
import { createProject, type Project } from './support/project.ts'

const require = createRequire(import.meta.url)

/** What Jest gives to a resolver. */
function optionsIn({ root }: Project): { rootDir: string; defaultResolver: (request: string) => string } {
  return { rootDir: root, defaultResolver: (request) => path.resolve(root, request) }
}

function valueOf(file: string): unknown {
  return (require(file) as { default: unknown }).default
}

test('leads a ?hd import to a module with the value of a build, and leaves everything else to Jest', async () => {
  const project = await createProject()
  const options = optionsIn(project)
  expect(hd('./a.jpg', options)).toBe(path.join(project.root, 'a.jpg'))
  const file = hd('./a.jpg?hd', options)
  expect(path.relative(project.root, file).split(path.sep).slice(0, 4)).toEqual(['node_modules', '.cache', 'unplugin-hd', 'jest'])
  expect(valueOf(file)).toBe('/a@2x.jpg')
  expect(valueOf(hd('./a.jpg?hd&as=img', options))).toEqual({
    src: '/a.jpg',
    srcset: '/a.jpg 1x, /a@2x.jpg 2x',
    width: WIDTH,
    height: HEIGHT,
  })
  await project.write('a.jpg', await jpeg(77))
  expect(hd('./a.jpg?hd', options)).toBe(file)
})

test("a wrong query or image fails when it is imported, because Jest replaces a resolver's errors", async () => {
  const project = await createProject({ 'text.jpg': 'not an image' })
  expect(() => require(hd('./a.jpg?hd&as=foo', optionsIn(project)))).toThrow(/'as' is 'foo'.*\(HD_QUERY\)/)
  expect(() => require(hd('./text.jpg?hd', optionsIn(project)))).toThrow(/text\.jpg.*\(HD_SOURCE_FORMAT\)/)
})

test('takes options, and another resolver', async () => {
  const project = await createProject({ 'images/b.jpg': await jpeg(30) })
  const resolver = createResolver({ format: 'webp' }, (request) => path.join(project.root, 'images', request))
  expect(valueOf(resolver('b.jpg?hd', optionsIn(project)))).toBe('/images/b@2x.webp')
})

test('the transform leaves the query to the resolver, and gives other images their path', () => {
  const config = { rootDir: path.resolve('/project') }
  const file = path.resolve('/project/src/a.jpg')
  expect(hd.process('', file, { supportsStaticESM: false, config }).code).toBe('module.exports = "/src/a.jpg"\n')
  const { code } = hd.process('', file, { supportsStaticESM: true, config })
  expect(code).toContain('(import.meta.url)("./a.jpg" + search).default : "/src/a.jpg"')
})
