import type { MarkdownIt } from 'markdown-it'

/** What is opened elsewhere learns nothing of where its link was found. */
export const REL = 'noopener noreferrer nofollow'
const WEB_OR_MAIL = /^(?:https?:\/\/|mailto:)/i
const UPLOAD = /^\/uploads\/[\w-]+(?:\.[\w-]+)*(?:\/[\w-]+(?:\.[\w-]+)*)*$/
/** Short on purpose: with every country in it, `README.md` and `deploy.sh` would be links. */
const FAMILIAR_DOMAINS = 'com org net edu gov info dev eu de fr uk nl ch at'.split(' ')

/** Links open elsewhere and tell nobody where they were found; only addresses of the web and of mail are links. */
export function links(md: MarkdownIt) {
  md.linkify.set({ fuzzyLink: true }).tlds(FAMILIAR_DOMAINS)
  md.core.ruler.push('links', state => {
    for (const block of state.tokens) {
      for (const token of block.children ?? []) {
        if (token.type !== 'link_open') continue
        token.attrSet('target', '_blank')
        token.attrSet('rel', REL)
      }
    }
  })
}

export function isOpenable(address: string): boolean {
  return isElsewhere(address) || isUpload(address)
}

export function isElsewhere(address: string): boolean {
  return WEB_OR_MAIL.test(address)
}

/** A picture of our own, as the server names them. */
export function isUpload(address: string): boolean {
  return UPLOAD.test(address)
}
