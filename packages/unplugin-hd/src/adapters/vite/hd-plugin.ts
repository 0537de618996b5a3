import type { Plugin } from 'vite'

/** A Vite plugin of ours. Vite's CSS plugins run between the two orders. */
export type HdPlugin = Omit<Plugin, 'enforce'> & { enforce: 'pre' | undefined }
