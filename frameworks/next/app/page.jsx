import Image from 'next/image'
import img from '../images/campfire.png?hd&as=img&jsx'
import ladybug from '../images/ladybug.png?hd'
import url from '../images/ladybug.png?hd&as=url'
import { schooner } from './art.server.js'
import styles from './home.module.css'
import Mounted from './mounted.jsx'

/** A component of the server. */
export default function Home() {
  return (
    <>
      <h1>Every place in a component</h1>
      <a href="/other.png?hd">A link, which is not processed</a>

      <h2>Twice the pixels</h2>
      <img data-place="import" data-size="96x96" src={url} alt="" width="96" />
      <Mounted />
      <img data-place="import, server only" data-size="400x300" src={schooner.src} alt="" width="96" />
      <video data-place="poster" data-size="96x96" poster={url} width="96" height="96" />
      <div className="place file" data-place="stylesheet" data-size="96x96" />
      <div className={`place ${styles.module}`} data-place="CSS module" data-size="96x96" />

      <h2>By the screen</h2>
      <Image data-place="Image" data-size="96x96" data-set="" src={ladybug} alt="" loading="eager" placeholder="blur" />
      <img data-place="as=img" data-size="320x378" data-set="" {...img} alt="" />
      <div className="place file-set" data-place="stylesheet, image-set()" data-size="320x378" data-set="" />
    </>
  )
}
