/** Limits that both sides know: the client refuses early and in words, the server refuses for good. */

export const EMAIL_MAX = 254
export const PASSWORD_MIN = 8
/** Refused before hashing: argon2id over a megabyte is a gift to an attacker. */
export const PASSWORD_MAX = 128
export const DISPLAY_NAME_MAX = 60
export const HANDLE_MAX = 32

export const ROOM_NAME_MAX = 80
export const ROOM_TOPIC_MAX = 250
export const SYSTEM_PROMPT_MAX = 8_000

/** UTF-16 code units of one message; longer texts belong into a file. */
export const MESSAGE_MAX = 16_000
export const CLIENT_ID_MAX = 100

export const PAGE_DEFAULT = 50
export const PAGE_MAX = 200

/** Bytes of a JSON body; upload routes have their own limit. */
export const BODY_MAX = 1_048_576
