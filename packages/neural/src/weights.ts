/** The weights of this package. Found from `src` and from `dist` alike. No import of core: a worker loads this. */
export const WEIGHTS: URL = new URL('../models/hd-x2.onnx', import.meta.url)
