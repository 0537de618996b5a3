// `vite build` with WeChat's stand-in beside it, and a word on what it was asked.
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
console.log(`Calls of WeChat's stand-in: ${calls.join(', ')}`)
