// Builds the packages whose files changed since their last build, in the order of their dependencies.
// `--force` builds all of them.
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

const ROOT = fileURLToPath(new URL('..', import.meta.url))
const ORDER = ['core', 'engine', 'neural', 'wechat', 'wechat-emulator', 'remote-cache', 'queue', 'kserve', 'unplugin-hd']
/** What each `dist` was built from; not in there, because all of it is published. */
const STAMPS = path.join(ROOT, 'node_modules', '.cache', 'build')
const IGNORED = new Set(['node_modules', 'dist', 'generated'])

/** Builds what is out of date. @param {{ force?: boolean, quiet?: boolean }} options */
export function build({ force = false, quiet = false } = {}) {
  let below = hashFiles(['package.json', 'tsconfig.json', 'pnpm-lock.yaml'].map((name) => path.join(ROOT, name)))
  for (const name of ORDER) {
    const folder = path.join(ROOT, 'packages', name)
    // A package is bundled against those below it, so it is out of date when they are.
    below = createHash('sha256')
      .update(below)
      .update(hashFiles(listFiles(folder)))
      .digest('hex')
    const stamp = path.join(STAMPS, name)
    const built = existsSync(path.join(folder, 'dist', 'index.mjs')) && existsSync(stamp)
    if (!force && built && readFileSync(stamp, 'utf8') === below) continue
    if (!quiet) console.log(`building packages/${name}`)
    const tsdown = path.join(ROOT, 'node_modules', 'tsdown', 'dist', 'run.mjs')
    const { status, stdout, stderr } = spawnSync(process.execPath, ['--no-deprecation', tsdown], {
      cwd: folder,
      encoding: 'utf8',
    })
    if (status !== 0) {
      console.error(`${stdout}${stderr}\npackages/${name} could not be built`)
      process.exit(1)
    }
    mkdirSync(STAMPS, { recursive: true })
    writeFileSync(stamp, below)
  }
}

function listFiles(folder) {
  return readdirSync(folder, { withFileTypes: true })
    .filter(({ name }) => !IGNORED.has(name))
    .flatMap((entry) => {
      const file = path.join(folder, entry.name)
      return entry.isDirectory() ? listFiles(file) : [file]
    })
    .filter((file) => !file.endsWith('.test.ts'))
    .toSorted()
}

function hashFiles(files) {
  const hash = createHash('sha256')
  for (const file of files) if (existsSync(file)) hash.update(path.relative(ROOT, file)).update(readFileSync(file))
  return hash.digest('hex')
}

if (process.argv[1] === fileURLToPath(import.meta.url)) build({ force: process.argv.includes('--force') })
