const HYPHEN_THAT_HOLDS = '\u2011'

/** A name to stand in a sentence, where a line must not end in the middle of it. */
export const wholeName = (name: string) => name.replaceAll('-', HYPHEN_THAT_HOLDS)
