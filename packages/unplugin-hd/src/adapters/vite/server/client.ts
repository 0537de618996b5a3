import { readFile } from 'node:fs/promises'

/** The module that runs in pages. */
export const CLIENT_ID = '/@hd/client'
export const CLIENT_ID_RE: RegExp = /^\/@hd\/client$/

/** Vite's client module. Every page with it needs ours, whatever rendered the page. */
export const VITE_CLIENT_RE: RegExp = /\/vite\/dist\/client\/client\.mjs$/

const CLIENT = new URL('../browser/dev-client.js', import.meta.url)

export function loadClient(): Promise<string> {
  return readFile(CLIENT, 'utf8')
}

/** Vite's client, importing ours: dynamically, so that Vite's has run before. */
export function withClient(viteClient: string): string {
  return `${viteClient}\nimport(${JSON.stringify(CLIENT_ID)})\n`
}
