// A QR code as one path of an SVG: nothing is loaded, nothing is sent.

import qrcode from 'qrcode-generator'

export function Qr({ text, label, size = 172 }: { text: string; label: string; size?: number }) {
  const code = qrcode(0, 'M')
  code.addData(text)
  code.make()
  const n = code.getModuleCount()
  let path = ''
  for (let y = 0; y < n; y += 1) for (let x = 0; x < n; x += 1) if (code.isDark(y, x)) path += `M${x + 2} ${y + 2}h1v1h-1z`
  return (
    <svg role="img" aria-label={label} width={size} height={size} viewBox={`0 0 ${n + 4} ${n + 4}`} shapeRendering="crispEdges">
      <rect width="100%" height="100%" fill="#fff" rx="1" />
      <path d={path} fill="#000" />
    </svg>
  )
}
