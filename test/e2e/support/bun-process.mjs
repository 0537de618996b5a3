// A build in Bun. Its argument is a `BunBuildOrder` as JSON; prints a `BunBuildReport`.
import hd, { resample } from 'unplugin-hd/bun'
import { doubling, failing } from './upscaler.ts'

const { root, dist, entry, minify, sourcemap, config, options, upscaler: name } = JSON.parse(process.argv[2])

const upscaler = name && { doubling, failing, resample }[name]()
const revived = Object.fromEntries(
  Object.entries(options).map(([key, value]) => [key, value?.pattern === undefined ? value : new RegExp(value.pattern)]),
)

/** @type {string[] | undefined} */
let errors
try {
  const result = await Bun.build({
    root,
    entrypoints: [`${root}/${entry}`],
    outdir: dist,
    minify,
    sourcemap: sourcemap ? 'linked' : 'none',
    plugins: [hd({ ...revived, ...(upscaler && { upscaler }) })],
    ...config,
  })
  if (!result.success) errors = result.logs.map(String)
} catch (error) {
  errors = (error.errors?.length ? error.errors : [error]).map(({ message }) => message)
}
console.log(JSON.stringify({ errors, calls: upscaler?.calls ?? 0 }))
