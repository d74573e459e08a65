import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { Plugin } from 'vite'
import { emojiTable } from './text/emoji-table.ts'

const { resolve } = createRequire(import.meta.url)

/** Works the table of emoji out while building. As a string that is parsed it starts faster than as a program. */
export function emojiData(): Plugin {
  return {
    name: 'emoji-data',
    load: {
      filter: { id: /\/text\/emoji-data\.ts$/ },
      handler: () => `export const table = JSON.parse(${JSON.stringify(JSON.stringify(tableOf('en')))})`,
    },
  }
}

function tableOf(language: string) {
  return emojiTable(json(`${language}/compact.json`), json(`${language}/shortcodes/github.json`))
}

function json(file: string) {
  return JSON.parse(readFileSync(resolve(`emojibase-data/${file}`), 'utf8'))
}
