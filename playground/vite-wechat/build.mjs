// Runs `vite build` with the WeChat emulator, and prints the calls that it received.
import { createWechatEmulator } from '@unplugin-hd/wechat-emulator'
import { build } from 'vite'

const emulator = createWechatEmulator()
const [account] = emulator.accounts
process.env.WECHAT_BASE_URL = await emulator.listen()
process.env.WECHAT_APPID = account.appid
process.env.WECHAT_SECRET = account.secret
try {
  await build({ root: import.meta.dirname })
} finally {
  await emulator.close()
}
const calls = ['stable_token', 'superresolution', 'media/get'].map(
  (name) => `${emulator.requests.filter(({ endpoint }) => endpoint === name).length} ${name}`,
)
console.log(`Calls to the WeChat emulator: ${calls.join(', ')}`)
