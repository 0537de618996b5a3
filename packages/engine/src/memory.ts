const PAGE = 65536

/** Pages of a WebAssembly memory that have room for `bytes` bytes. */
export const pagesOf = (bytes: number): number => Math.ceil(bytes / PAGE)
