import { readFile } from 'node:fs/promises'

/** Of the module that runs in pages. */
export const CLIENT_ID = '/@hd/client'
export const CLIENT_ID_RE: RegExp = /^\/@hd\/client$/

/** Vite's own module in pages: wherever it is, whoever rendered the page, ours is wanted as well. */
export const VITE_CLIENT_RE: RegExp = /\/vite\/dist\/client\/client\.mjs$/

const CLIENT = new URL('../browser/dev-client.js', import.meta.url)

export function loadClient(): Promise<string> {
  return readFile(CLIENT, 'utf8')
}

/** Vite's client with ours behind it: it is imported when this one is complete, because it needs it. */
export function withClient(viteClient: string): string {
  return `${viteClient}\nimport(${JSON.stringify(CLIENT_ID)})\n`
}
