import react from '@vitejs/plugin-react'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import type { Plugin } from 'vite'
import { defineConfig } from 'vitest/config'

/** Writes `x.gz` beside each text file, so that the server compresses nothing at run time. */
function small(): Plugin {
  return {
    name: 'small',
    apply: 'build',
    closeBundle() {
      const folder = 'dist/assets'
      for (const name of readdirSync(folder).filter((n) => /\.(js|css|svg)$/.test(n))) {
        const path = join(folder, name)
        writeFileSync(`${path}.gz`, gzipSync(readFileSync(path), { level: 9 }))
      }
    },
  }
}

export default defineConfig({
  plugins: [react(), small()],
  html: { cspNonce: '__NONCE__' },
  build: { target: 'es2022', assetsInlineLimit: 0, chunkSizeWarningLimit: 800, sourcemap: false },
  test: { setupFiles: ['src/lib/testing.ts'] },
  // `npm run dev` beside a running server: TURNPIKE_API names it.
  // The host stays as the browser has it: the server refuses requests from another origin.
  server: { proxy: Object.fromEntries(['/web_v1', '/operator_v1', '/flags'].map((p) => [p, { target: process.env.TURNPIKE_API ?? 'http://127.0.0.1:8080', changeOrigin: false }])) },
})
