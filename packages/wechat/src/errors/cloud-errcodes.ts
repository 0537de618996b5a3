import type { ErrcodeRow } from './errcode-row.ts'

const PERMISSIONS = 'List "img.superresolution" and "customerServiceMessage.getTempMedia" under `permissions.openapi`'
const LATER = 'Try again later'

const busy = (code: 'WECHAT_NETWORK' | 'WECHAT_UNAVAILABLE', meaning: string): ErrcodeRow => ({
  code,
  next: 'again',
  meaning,
  remedy: LATER,
})
const denied = (meaning: string, remedy: string): ErrcodeRow => ({ code: 'WECHAT_CREDENTIALS', next: 'stop', meaning, remedy })
const NOT_PERMITTED = denied('the cloud environment lacks permission', 'Check its permissions in the cloud console')
const LIMITED: ErrcodeRow = {
  code: 'WECHAT_QUOTA',
  next: 'next-minute',
  meaning: 'too many requests in the cloud environment',
  remedy: 'The limit resets with the next minute; lower `concurrency`, or raise `minIntervalMs`',
}

/** The error codes of cloud call itself (wx-server-sdk 4): -6xxxxx are WeChat's, -5xxxxx Tencent Cloud's. */
export const CLOUD_ROWS: Readonly<Record<number, ErrcodeRow>> = {
  [-601001]: busy('WECHAT_UNAVAILABLE', 'the cloud call failed with a system error'),
  [-601003]: busy('WECHAT_NETWORK', 'the cloud call failed with a network error'),
  [-601004]: NOT_PERMITTED,
  [-601008]: busy('WECHAT_NETWORK', 'the cloud call timed out'),
  [-601011]: NOT_PERMITTED,
  [-601012]: NOT_PERMITTED,
  [-601018]: NOT_PERMITTED,
  [-604001]: {
    code: 'WECHAT_RELAY',
    next: 'stop',
    meaning: 'the result of the cloud function is larger than 1 MB',
    remedy: 'Deploy the cloud function of this package again',
  },
  [-604102]: busy('WECHAT_NETWORK', 'the cloud call timed out'),
  [-604103]: busy('WECHAT_UNAVAILABLE', 'the cloud call failed with a system error'),
  [-604101]: denied(
    'the cloud function has no permission for this API',
    `${PERMISSIONS} in its config.json, upload it again, and wait 10 minutes`,
  ),
  [-604104]: denied('cloud call is not possible from here', 'Deploy the function: local debugging is not allowed'),
  [-501001]: busy('WECHAT_NETWORK', 'Tencent Cloud could not be reached, or failed with a system error'),
  [-501002]: busy('WECHAT_NETWORK', 'Tencent Cloud timed out'),
  [-501003]: LIMITED,
  [-501004]: LIMITED,
  [-501005]: denied('the cloud environment does not exist', 'Check the `env` of cloud.init()'),
  [-501006]: denied('a parameter of the cloud call is missing', 'Check the arguments of cloud.init()'),
  [-501007]: denied(
    'a parameter of the cloud call is missing',
    'Outside a cloud function, pass `secretId` and `secretKey` to cloud.init()',
  ),
  [-501008]: NOT_PERMITTED,
  [-501009]: denied('the cloud environment is not set up', 'Open it once in the cloud console'),
  [-503001]: busy('WECHAT_NETWORK', 'the cloud storage failed'),
  [-503002]: denied('the cloud storage denied access', 'Check its permissions in the cloud console'),
}
