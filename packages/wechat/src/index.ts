export { createWechatClient, type WechatClient } from './api/client.ts'
export type { WechatCall, WechatConnection } from './api/connection.ts'
export type { WechatClientOptions } from './api/options.ts'
export { wechatCloud } from './cloud/cloud.ts'
export type { WechatCloudOptions, WechatCloudSdk } from './cloud/options.ts'
export {
  isWechatError,
  WECHAT_CODES,
  WechatError,
  type WechatCode,
  type WechatErrorDetails,
  type WechatStep,
} from './errors/errors.ts'
export type { WechatFormat } from './http/multipart.ts'
export type { AccessTokenFunction } from './credentials/options.ts'
export type { WechatOptions } from './options.ts'
export type { WechatRelayOptions } from './relay/options.ts'
export { wechatRelay } from './relay/relay.ts'
export type { WechatQuota } from './api/quota.ts'
export type { WechatRequestOptions } from './http/options.ts'
export type { PublicSource, WechatUpscalerOptions } from './upscaler/options.ts'
export type { Doubled, WechatImage } from './api/superresolution.ts'
export { wechat } from './wechat.ts'
