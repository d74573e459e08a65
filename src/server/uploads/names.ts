import { FILE_NAME_MAX } from '../../shared/limits.ts'

/** Control characters, and those that turn the direction of what follows: `gnp.exe` shall not read `exe.png`. */
const UNSEEN = /[\p{Cc}\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu

/** The name that somebody's file had, as data: no folder, nothing that is not seen, not too long. It is never a path of ours. */
export function fileName(given: string): string {
  const last = given.toWellFormed().split(/[/\\]/).at(-1) ?? ''
  const name = last
    .replace(UNSEEN, '')
    .trim()
    .slice(0, FILE_NAME_MAX)
    .replace(/[\ud800-\udbff]$/, '')
    .trim()
  return /^\.*$/.test(name) ? 'picture' : name
}

const EXTENSIONS: Record<string, RegExp> = {
  'image/png': /\.png$/i,
  'image/jpeg': /\.jpe?g$/i,
  'image/webp': /\.webp$/i,
}

/**
 * `Content-Disposition` for a picture (RFC 6266, the name as RFC 8187 spells it). A name that says something else than what
 * it names gets the right ending, so that what is saved is not opened as a page.
 */
export function disposition(name: string, mime: string): string {
  const honest = EXTENSIONS[mime]?.test(name) ? name : `${name}.${mime.replace(/^image\//, '').replace('jpeg', 'jpg')}`
  const encoded = encodeURIComponent(honest.toWellFormed()).replace(/['()*]/g, encode)
  return `inline; filename*=UTF-8''${encoded}`
}

function encode(character: string): string {
  return `%${character.charCodeAt(0).toString(16).toUpperCase()}`
}
