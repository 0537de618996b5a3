import { useEffect, useState } from 'react'
import { schooner } from '../art.server'
import img from '../images/campfire.png?hd&as=img&jsx'
import srcset from '../images/campfire.png?hd&as=srcset'
import url from '../images/ladybug.png?hd'
import type { Route } from './+types/home'
import styles from './home.module.css'

export function meta() {
  return [{ title: 'unplugin-hd in React Router' }]
}

/** Runs on the server alone, and so does what it imports. */
export function loader() {
  return { schooner }
}

export default function Home({ loaderData }: Route.ComponentProps) {
  const [isMounted, setMounted] = useState(false)
  useEffect(() => setMounted(true), [])
  useEffect(() => {
    if (isMounted) document.body.dataset.ready = ''
  }, [isMounted])
  return (
    <>
      <h1>Every place in a route</h1>
      <a href="/other.png?hd">A link, which is not processed</a>

      <h2>Twice the pixels</h2>
      <img data-place="import" data-size="96x96" src={url} alt="" width="96" />
      {isMounted && <img data-place="mounted" data-size="96x96" src={url} alt="" width="96" />}
      <img data-place="loader" data-size="400x300" src={loaderData.schooner} alt="" width="96" />
      <video data-place="poster" data-size="96x96" poster={url} width="96" height="96" />
      <div className="place file" data-place="stylesheet" data-size="96x96" />
      <div className={`place ${styles.module}`} data-place="CSS module" data-size="96x96" />

      <h2>By the screen</h2>
      <img data-place="as=img" data-size="320x378" data-set="" {...img} alt="" />
      <img data-place="srcset" data-size="320x378" data-set="" srcSet={srcset} alt="" />
      <div className="place file-set" data-place="stylesheet, as=srcset" data-size="320x378" data-set="" />
    </>
  )
}
