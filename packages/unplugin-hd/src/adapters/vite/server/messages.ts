/** What the server sends to pages with the event `unplugin-hd:swap`: the address has a new content. */
export interface Swap {
  /** Path and query of an address, without a token. */
  url: string
  /** The page is to ask for the address with `t=<token>`. */
  token: string
}
