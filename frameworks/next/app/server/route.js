import ladybug from '../../images/ladybug.png?hd&as=url'
import { schooner } from '../art.server.js'

/** A route without a component: what it answers is made on the server alone. */
export function GET() {
  const page = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <title>unplugin-hd in a route of the server</title>
    <link rel="icon" href="data:," />
  </head>
  <body data-ready>
    <img data-place="import" data-size="96x96" src="${ladybug}" alt="" width="96" />
    <img data-place="import, server only" data-size="400x300" src="${schooner.src}" alt="" width="96" />
  </body>
</html>
`
  return new Response(page, { headers: { 'Content-Type': 'text/html; charset=utf-8' } })
}
