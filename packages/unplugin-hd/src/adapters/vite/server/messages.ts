/** What the server tells a page, with the event `unplugin-hd:swap`: from now on an address is to be asked for with a token. */
export interface Swap {
  /** Path and query of an address, without a token. */
  url: string
  token: string
}
