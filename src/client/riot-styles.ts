import { compile } from '@riotjs/compiler'
import riot from 'rollup-plugin-riot'
import { type Plugin, parseSync } from 'vite'

const STYLE_OF_COMPONENT = /\.riot\?style&lang\.css$/
const COMPONENT = /\.riot$/

/**
 * Compiles `.riot` files and gives each component's `<style>` to Vite as a CSS module of its own.
 *
 * Riot would write the styles into a `<style>` element at run time, which `style-src 'self'` forbids. So the compiled
 * component keeps `css: null` and imports `<file>.riot?style&lang.css`, which Vite bundles, minifies and hot-replaces
 * like any stylesheet.
 */
export function riotComponents(): Plugin[] {
  return [riot(), riotStyles()]
}

export function riotStyles(): Plugin {
  const compiled = new Map<string, Compiled>()

  return {
    name: 'riot-styles',

    transform: {
      filter: { id: COMPONENT },
      handler(code, id) {
        const component = takeStyle(renumbered(code))
        compiled.set(id, component)
        // The style fills a single line and the import comes last, so the lines of the source map stay true.
        return { code: component.script + (component.style ? importOfStyle(id) : ''), map: null }
      },
    },

    load: {
      filter: { id: STYLE_OF_COMPONENT },
      handler: id => compiled.get(fileOf(id))?.style,
    },

    async hotUpdate({ file, modules, read }) {
      const before = compiled.get(file)
      if (!before?.style || this.environment.name !== 'client') return
      const after = takeStyle(renumbered(compile(await read(), { file }).code))
      compiled.set(file, after)
      if (after.style && after.script === before.script) {
        return modules.filter(module => module.id && STYLE_OF_COMPONENT.test(module.id))
      }
    },
  }
}

interface Compiled {
  script: string
  style: string
}

/** Cuts the `css` of the exported component out of what the Riot compiler made. */
function takeStyle(code: string): Compiled {
  const css = cssProperty(code)
  if (!css) return { script: code, style: '' }
  return { script: `${code.slice(0, css.start)}null${code.slice(css.end)}`, style: css.text }
}

function cssProperty(code: string) {
  for (const statement of parseSync('component.js', code).program.body) {
    if (statement.type !== 'ExportDefaultDeclaration' || statement.declaration.type !== 'ObjectExpression') continue
    for (const property of statement.declaration.properties) {
      if (property.type !== 'Property' || property.key.type !== 'Identifier' || property.key.name !== 'css') continue
      if (property.value.type !== 'TemplateLiteral') return
      const { start, end, quasis } = property.value
      return { start, end, text: quasis.map(quasi => quasi.value.cooked ?? '').join('') }
    }
  }
}

/**
 * The compiler counts the marks in its templates through all components. Counted through each alone they are the same
 * few words everywhere, which packs well, and stay as they were when another component changes.
 */
function renumbered(code: string) {
  const marks = new Map<string, string>()
  return code.replace(/\b(expr\d+)(="\1")?/g, (_, mark: string) => {
    const known = marks.get(mark) ?? `expr${marks.size}`
    marks.set(mark, known)
    return known
  })
}

function importOfStyle(id: string) {
  return `\nimport ${JSON.stringify(`./${id.slice(id.lastIndexOf('/') + 1)}?style&lang.css`)}`
}

function fileOf(id: string) {
  return id.slice(0, id.indexOf('?'))
}
