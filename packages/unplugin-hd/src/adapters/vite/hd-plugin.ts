import type { Plugin } from 'vite'

/** One of our Vite plugins. Vite's CSS plugins run between the two orders. */
export type HdPlugin = Omit<Plugin, 'enforce'> & { enforce: 'pre' | undefined }
