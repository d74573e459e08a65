import { type MarkdownContext, markdownToHtml } from './markdown-html.ts'
import { sanitizedFragment, sanitizedHtml } from './sanitize.ts'

export type { MarkdownContext, Person } from './markdown-html.ts'

/**
 * Safe HTML of a message: the only way from text that somebody wrote to markup, whoever wrote it.
 * Sanitised last, after every rule of ours has had its say.
 */
export function renderMarkdown(
  content: string,
  context: MarkdownContext,
  view: Window & typeof globalThis = window,
): string {
  return sanitizedHtml(markdownToHtml(content, context), view)
}

/** The same as nodes, for those who put it into the page: no string ever meets `innerHTML`. */
export function renderMarkdownNodes(
  content: string,
  context: MarkdownContext,
  view: Window & typeof globalThis = window,
): DocumentFragment {
  return sanitizedFragment(markdownToHtml(content, context), view)
}
