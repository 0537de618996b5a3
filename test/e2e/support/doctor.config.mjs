// A configuration of Vite that `hd doctor` reads.
import hd, { resample } from 'unplugin-hd/vite'

const mine = {
  name: 'mine',
  version: '1',
  upscale: () => Promise.reject(new Error('asleep')),
  check: async () => ({ ok: false, facts: { state: 'asleep' }, advice: 'wake it' }),
}

export default { plugins: [[Promise.resolve(hd({ upscaler: [mine, resample()], cache: { dir: 'images-2x' } }))]] }
