import { createRequire } from 'node:module'
import path from 'node:path'
import { pathToFileURL } from 'node:url'

/** The argument for configurations that are functions: Vite's environment, webpack's environment, or Rollup's flags. */
const BUILD = { command: 'build', mode: 'production', isSsrBuild: false, isPreview: false } as const

/** Packages that may depend on Vite, because strict package managers expose only direct dependencies. */
const VITE_OWNERS: readonly (readonly string[])[] = [
  [],
  ['nuxt', '@nuxt/vite-builder'],
  ['astro'],
  ['@react-router/dev'],
  ['vitepress'],
  ['electron-vite'],
]

/**
 * Loads a configuration; functions are called as for a production build. This runs the file, as every build does.
 * @param file absolute path @param folder of the project, absolute
 * @throws Error of the file, or if nothing here can run TypeScript
 */
export async function loadConfig(file: string, folder: string): Promise<unknown> {
  return called(await importConfig(file, folder))
}

async function importConfig(file: string, folder: string): Promise<unknown> {
  const { defineNuxtConfig } = global
  // Nuxt configurations use it without an import.
  global.defineNuxtConfig ??= (config) => config
  const vite = viteOf(folder)
  try {
    if (vite !== undefined && VITE_CONFIG_RE.test(path.basename(file))) return await byVite(vite, file, folder)
    return await byNode(file)
  } catch (error) {
    // Vite bundles a file before it runs it.
    if (isForeign(error) && vite !== undefined) return await byVite(vite, file, folder)
    throw error
  } finally {
    global.defineNuxtConfig = defineNuxtConfig
  }
}

const global = globalThis as { defineNuxtConfig?: ((config: unknown) => unknown) | undefined }

/** Configurations that Vite itself loads. */
const VITE_CONFIG_RE = /^(?:electron\.)?vite\.config\./

async function byNode(file: string): Promise<unknown> {
  const module = (await import(pathToFileURL(file).href)) as Record<string, unknown>
  return module['default'] ?? { ...module }
}

async function byVite(vite: string, file: string, folder: string): Promise<unknown> {
  const { loadConfigFromFile } = (await import(vite)) as typeof import('vite')
  return (await loadConfigFromFile(BUILD, file, folder, 'silent'))?.config
}

/** Node before 22.18 does not run TypeScript, or only a part of it. */
function isForeign(error: unknown): boolean {
  const { code = '' } = error as NodeJS.ErrnoException
  return code === 'ERR_UNKNOWN_FILE_EXTENSION' || code === 'ERR_MODULE_NOT_FOUND' || code.includes('TYPESCRIPT')
}

/** The URL of the project's Vite, not of one that this package would resolve. */
export function viteOf(folder: string): string | undefined {
  for (const owners of VITE_OWNERS) {
    try {
      let from = path.join(folder, 'package.json')
      for (const owner of owners) from = createRequire(from).resolve(`${owner}/package.json`)
      return pathToFileURL(createRequire(from).resolve('vite')).href
    } catch {
      // Try the next one.
    }
  }
  return undefined
}

async function called(config: unknown): Promise<unknown> {
  const value = await config
  if (Array.isArray(value)) return Promise.all(value.map(called))
  return typeof value === 'function' ? (value as (...args: unknown[]) => unknown)(BUILD, BUILD) : value
}
