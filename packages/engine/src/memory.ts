const PAGE = 65536

/** The number of WebAssembly pages for `bytes` bytes. */
export const pagesOf = (bytes: number): number => Math.ceil(bytes / PAGE)
