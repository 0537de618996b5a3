'use client'
import { useEffect, useState } from 'react'
import url from '../images/ladybug.png?hd&as=url'

/** Made in the browser alone. */
export default function Mounted() {
  const [isMounted, setMounted] = useState(false)
  useEffect(() => setMounted(true), [])
  useEffect(() => {
    if (isMounted) document.body.dataset.ready = ''
  }, [isMounted])
  return isMounted && <img data-place="mounted" data-size="96x96" src={url} alt="" width="96" />
}
