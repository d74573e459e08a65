declare module 'rollup-plugin-riot' {
  import type { CompilerOptions } from '@riotjs/compiler'
  import type { Plugin } from 'vite'

  /** Compiles every `.riot` module to JavaScript. */
  export default function riot(options?: CompilerOptions): Plugin
}
