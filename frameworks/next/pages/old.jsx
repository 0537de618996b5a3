import Head from 'next/head'
import picture from '../images/campfire.png?hd&as=picture&format=webp&jsx'
import url from '../images/ladybug.png?hd&as=url'
import Mounted from '../app/mounted.jsx'

/** A page of the pages router. */
export default function Old() {
  return (
    <>
      <Head>
        <title>unplugin-hd in the pages router</title>
        <link rel="icon" href="data:," />
      </Head>
      <img data-place="import" data-size="96x96" src={url} alt="" width="96" />
      <Mounted />
      <picture>
        {picture.sources.map((source) => (
          <source key={source.type} {...source} />
        ))}
        <img data-place="as=picture" data-size="320x378" data-set="" {...picture.img} alt="" />
      </picture>
    </>
  )
}
