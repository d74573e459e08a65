import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vite'
import { emojiData } from './emoji-build.ts'
import { riotComponents } from './riot-styles.ts'

const SERVER = 'http://localhost:3001'

/** What every page shows, and what both the way in and the room stand on … */
const COMMON =
  /vite\/preload-helper|lucide\/.*\/(x|search|plug-zap|triangle-alert)\.|shared\/limits|client\/(components\/(icon|person|theme-switch|late|timeline\/times|models\/model-list|rooms\/room-settings\.ts)|dom\/(follow|keys)|router|application|pages\/sign-out)/
/** … the way in … */
const ACCOUNT =
  /client\/(pages\/(sign-|arrival)|components\/account\/(account-card|text-field|form|submit-form|nostr-button)|calls\/(account|invites))/
/** … the form of a room … */
const ROOMS =
  /client\/components\/(dialog\/modal-dialog|models\/model-(selector|facts)|rooms\/(create-room-dialog|room-form))/
/** … and the conversation with all that it stands on, which would fall apart where what comes late stands on it too. */
const CHAT = /client\/pages\/chat\.riot/

export default defineConfig({
  root: fileURLToPath(new URL('.', import.meta.url)),
  plugins: [riotComponents(), emojiData()],
  // markdown-it asks for all named characters of HTML 5, of which those of HTML 4 are a tenth to load, for tables of host
  // names and of classes of characters, which the browser has, and for an encoder of addresses, which it has too.
  resolve: {
    alias: [
      { find: /^entities$/, replacement: fileURLToPath(new URL('text/entities.ts', import.meta.url)) },
      { find: /^mdurl$/, replacement: fileURLToPath(new URL('text/addresses.ts', import.meta.url)) },
      { find: /^punycode\.js$/, replacement: fileURLToPath(new URL('text/host-names.ts', import.meta.url)) },
      { find: /^uc\.micro$/, replacement: fileURLToPath(new URL('text/punctuation.ts', import.meta.url)) },
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
    rolldownOptions: {
      output: {
        codeSplitting: {
          // Left alone, what several pages share would come in a dozen crumbs, which pack badly.
          groups: [
            { name: 'common', test: COMMON, priority: 3 },
            { name: 'account', test: ACCOUNT, priority: 2 },
            { name: 'rooms', test: ROOMS, priority: 1 },
            { name: 'chat', test: CHAT },
          ],
        },
      },
    },
  },
  server: {
    proxy: {
      // The proxy passes bodies on as they come, so that the event stream is not gathered.
      '^/api/': { target: SERVER },
      '^/uploads/': { target: SERVER },
    },
  },
})
