/** What was asked for cannot be done, in words for whoever asked. */
export class Refusal extends Error {}
