import { useEffect } from 'preact/hooks'
import img from './images/campfire.png?hd&as=img'
import srcset from './images/campfire.png?hd&as=srcset'
import url from './images/ladybug.png?hd'
import styles from './app.module.css'

export function App() {
  useEffect(() => {
    document.body.dataset.ready = ''
  }, [])
  return (
    <>
      <h1>Every place in a component</h1>
      <a href="/other.png?hd">A link, which is not processed</a>

      <h2>Twice the pixels</h2>
      <img data-place="src" data-size="96x96" src={url} alt="" width="96" />
      <video data-place="poster" data-size="96x96" poster={url} width="96" height="96" />
      <div className="place file" data-place="stylesheet" data-size="96x96" />
      <div className={`place ${styles.module}`} data-place="CSS module" data-size="96x96" />
      <div className="place" data-place="style" data-size="96x96" style={{ backgroundImage: `url("${url}")` }} />

      <h2>By the screen</h2>
      <img data-place="as=img" data-size="320x378" data-set="" {...img} alt="" />
      <img data-place="srcset" data-size="320x378" data-set="" srcSet={srcset} alt="" />
      <div className="place file-set" data-place="stylesheet, as=srcset" data-size="320x378" data-set="" />
    </>
  )
}
