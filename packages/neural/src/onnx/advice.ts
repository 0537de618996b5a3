import type { Logger } from '@unplugin-hd/core'

/** Output pixels from which the hint is worthwhile: about 15 seconds in WASM on two cores. */
const LONG_WORK = 10_000_000

const TEXT =
  'neural: this takes a while with onnxruntime-web; onnxruntime-node is three to four times as fast and is used once installed: ' +
  '`ONNXRUNTIME_NODE_INSTALL=skip npm install -D onnxruntime-node`'

/** Logs once how to speed up long work. */
export class Advice {
  #pixels = 0
  #given = false

  /** Counts an image to be made. @param pixels of the result */
  count(pixels: number): void {
    this.#pixels += pixels
  }

  /** Logs the hint if the work is long. Call it when the native runtime is missing. */
  give(log: Logger): void {
    if (this.#given || this.#pixels < LONG_WORK) return
    this.#given = true
    log.info(TEXT)
  }
}

/** Whether onnxruntime-node has a binary for this machine: not for Intel Macs, nor for Linux with musl. */
export function hasNativeBinary(platform: string, arch: string, glibc: boolean): boolean {
  if (arch !== 'arm64' && arch !== 'x64') return false
  return platform === 'win32' || (platform === 'darwin' && arch === 'arm64') || (platform === 'linux' && glibc)
}
