export type Page = { title: string | null; text: string }

/** What is wrong with the content itself, in words. */
export class UnreadablePage extends Error {}
