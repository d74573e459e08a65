export type Inbox = { subscribe: () => () => void }
