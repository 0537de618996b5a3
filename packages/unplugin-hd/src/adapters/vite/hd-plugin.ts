import type { Plugin } from 'vite'
import type { DevToolsField } from './server/devtools.ts'

/** One of our Vite plugins. Vite's CSS plugins run between the two orders. */
export type HdPlugin = Omit<Plugin, 'enforce'> & { enforce: 'pre' | undefined; devtools?: DevToolsField }
