/** The weights of this package. Here, since it is as far from them as `dist` is: found from both. */
export const WEIGHTS: URL = new URL('../models/hd-x2.hdw', import.meta.url)
