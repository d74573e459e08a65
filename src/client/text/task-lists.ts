import type { MarkdownIt } from 'markdown-it'

const TASK = /^\[([ xX])\][ \t]+(?=\S)/

/** `- [x] done` as an item with a box, which only shows: the text is its author's to change. */
export function taskLists(md: MarkdownIt) {
  md.core.ruler.after('inline', 'task-lists', state => {
    state.tokens.forEach((inline, index) => {
      const item = state.tokens[index - 2]
      const text = inline.children?.[0]
      if (inline.type !== 'inline' || item?.type !== 'list_item_open' || text?.type !== 'text') return
      const task = TASK.exec(text.content)
      if (!task) return
      item.attrJoin('class', 'task')
      text.content = text.content.slice(task[0].length)
      const box = new state.Token('task_box', 'span', 0)
      box.meta = { done: task[1] !== ' ' }
      inline.children?.unshift(box)
    })
  })

  md.renderer.rules.task_box = (tokens, index) =>
    tokens[index]?.meta?.done
      ? '<span class="task-box done" role="img" aria-label="Done"></span>'
      : '<span class="task-box" role="img" aria-label="To do"></span>'
}
