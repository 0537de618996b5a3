// A separate entry, so that only builds with WeChat load its HTTP client.
export * from '@unplugin-hd/wechat'
