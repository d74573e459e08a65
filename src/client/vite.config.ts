import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vite'
import { riotComponents } from './riot-styles.ts'

const SERVER = 'http://localhost:3001'

export default defineConfig({
  root: fileURLToPath(new URL('.', import.meta.url)),
  plugins: riotComponents(),
  // markdown-it asks for all named characters of HTML 5, of which those of HTML 4 are a tenth to load, and for tables of
  // host names, which the browser has.
  resolve: {
    alias: [
      { find: /^entities$/, replacement: fileURLToPath(new URL('text/entities.ts', import.meta.url)) },
      { find: /^punycode\.js$/, replacement: fileURLToPath(new URL('text/host-names.ts', import.meta.url)) },
    ],
  },
  build: {
    outDir: '../../dist/client',
    emptyOutDir: true,
    sourcemap: false,
    target: 'es2023',
    // Browsers that understand this target preload modules by themselves.
    modulePreload: { polyfill: false },
    // Inlined assets would need `data:` for more than images in the content policy.
    assetsInlineLimit: 0,
  },
  server: {
    proxy: {
      // The proxy passes bodies on as they come, so that the event stream is not gathered.
      '^/api/': { target: SERVER },
      '^/uploads/': { target: SERVER },
    },
  },
})
