/** Every default that is a plain value. A test compares the documentation with it. */
export const DEFAULTS = {
  mode: 'on',
  onError: 'fail',
  cacheDir: 'node_modules/.cache/unplugin-hd',
  cacheMaxBytes: 2_147_483_648,
  quality: 85,
  maxPixels: 50_000_000,
} as const
