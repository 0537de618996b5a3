/**
 * The texts that WeChat sends with its codes. Those of the token and media endpoints are the well-known English ones. WeChat
 * documents the meaning of a code, not its text, so a client must match `errcode` and never `errmsg`.
 */
export const ERRMSG: Readonly<Record<number, string>> = {
  [-1]: 'system error',
  0: 'ok',
  40001: 'invalid credential, access_token is invalid or not latest',
  40002: 'invalid grant_type',
  40004: 'invalid media type',
  40005: 'invalid file type',
  40006: 'invalid media size',
  40007: 'invalid media_id',
  40009: 'invalid image size',
  40013: 'invalid appid',
  40014: 'invalid access_token',
  40066: 'invalid url',
  40125: 'invalid appsecret',
  40137: 'invalid image format',
  40164: 'invalid ip, not in whitelist',
  40243: 'AppSecret has been frozen',
  41001: 'access_token missing',
  41002: 'appid missing',
  41004: 'appsecret missing',
  41005: 'media data missing',
  41006: 'media_id missing',
  42001: 'access_token expired',
  43001: 'require GET method',
  43002: 'require POST method',
  43003: 'require https',
  44001: 'empty media data',
  45001: 'media size out of limit',
  45009: 'reach max api daily quota limit',
  45011: 'api minute-quota reach limit, must slower, retry next minute',
  47001: 'data format error',
  48001: 'api unauthorized',
  48004: 'api forbidden for irregularities',
  50002: 'user limited',
  50004: 'token interface forbidden',
  50007: 'account frozen',
  61003: 'component is not authorized by this account',
  61004: 'access clientip is not registered',
  61007: 'api is unauthorized to component',
  61024: 'appid of a third-party platform, use the component token api',
  76001: 'rid not found',
  76002: 'rid is empty or malformed',
  76003: 'no permission for this rid, or malformed cgi_path',
  76021: 'cgi_path not found',
  76022: 'token and cgi_path are not of the same account',
  89503: 'this ip needs the confirmation of the administrator',
  89506: 'the administrator refused this ip, retry in 24 hours',
  89507: 'the administrator refused this ip, retry in 1 hour',
  101000: 'invalid image url',
  101002: 'invalid image data',
  101003: 'not enough market quota',
}

/** An error answer of WeChat. The server turns it into JSON with a rid. */
export class Refusal extends Error {
  override name = 'Refusal'
  readonly errcode: number

  /** @param errmsg without the rid, which the server adds */
  constructor(errcode: number, errmsg: string = ERRMSG[errcode] ?? 'error') {
    super(errmsg)
    this.errcode = errcode
  }
}
