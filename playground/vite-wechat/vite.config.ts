import { wechat } from '@unplugin-hd/wechat'
import hd, { neural } from 'unplugin-hd/vite'
import { defineConfig } from 'vite'

// WECHAT_APPID and WECHAT_SECRET come from the environment; without WECHAT_BASE_URL it is the real WeChat.
const baseUrl = process.env['WECHAT_BASE_URL']

export default defineConfig({
  plugins: [hd({ upscaler: [wechat(baseUrl === undefined ? {} : { baseUrl }), neural()] })],
})
