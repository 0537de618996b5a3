/** The weights of this package. The relative path is the same from `src` and from `dist`. */
export const WEIGHTS: URL = new URL('../models/hd-x2.hdw', import.meta.url)
