/**
 * The weights of this package, as two graphs that compute the same. `plain` is the network as it is written down in its card.
 * `blocked` is for the native runtime on the CPU, whose kernels keep pictures in blocks of channels and know no PReLU: there
 * each is written as a ReLU and a product, which spares two changes of layout a layer (12 % of the time). Read from `src` and
 * from `dist` alike. No import of core: a worker loads this.
 */
export const WEIGHTS: { plain: URL; blocked: URL } = {
  plain: new URL('../models/hd-x2.onnx', import.meta.url),
  blocked: new URL('../models/hd-x2-blocked.onnx', import.meta.url),
}
