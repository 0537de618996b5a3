import './global.css'

export const metadata = { title: 'unplugin-hd in Next.js', icons: 'data:,' }

export default function Layout({ children }) {
  return (
    <html lang="en">
      {/* `data-ready` is set when all of it is at work. */}
      <body suppressHydrationWarning>{children}</body>
    </html>
  )
}
