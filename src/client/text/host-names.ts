/**
 * Host names in the letters that the wire knows, as the browser writes them, in place of the tables of `punycode.js`. The
 * build puts this module where markdown-it asks for those. A name is shown as it was written: one that only looks like
 * a familiar name does not become more alike.
 */
export default {
  toASCII: (host: string) => (/^\p{ASCII}*$/u.test(host) ? host : new URL(`http://${host}`).hostname),
  toUnicode: (host: string) => host,
}
