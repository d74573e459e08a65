/** Limits that both sides know: the client refuses early and in words, the server refuses for good. */

export const EMAIL_MAX = 254
export const PASSWORD_MIN = 8
/** Refused before hashing: argon2id over a megabyte is a gift to an attacker. */
export const PASSWORD_MAX = 128
export const DISPLAY_NAME_MAX = 60
export const HANDLE_MIN = 2
export const HANDLE_MAX = 32

export const ROOM_NAME_MAX = 80
export const ROOM_TOPIC_MAX = 250
export const SYSTEM_PROMPT_MAX = 8_000

/** UTF-16 code units of one message; longer texts belong into a file. */
export const MESSAGE_MAX = 16_000
export const CLIENT_ID_MAX = 100

export const PAGE_DEFAULT = 50
export const PAGE_MAX = 200

export const SEARCH_MAX = 500
export const SEARCH_TERMS_MAX = 20
export const RESULTS_DEFAULT = 20
export const RESULTS_MAX = 50

/** Bytes of a JSON body; upload routes have their own limit. */
export const BODY_MAX = 1_048_576

/** Bytes of a picture, as it is sent. */
export const UPLOAD_MAX = 5 * 1024 * 1024
export const AVATAR_MAX = 2 * 1024 * 1024
/** Pixels of a picture, refused before one of them is decoded: a small file can claim a huge canvas. */
export const PIXELS_MAX = 40_000_000
/** Pixels of the longer side of a portrait, as it is kept. */
export const AVATAR_SIDE_MAX = 512
export const FILE_NAME_MAX = 255
export const ATTACHMENTS_MAX = 10
/** Bytes that one person, and one room with all its people, may keep in pictures. */
export const PERSON_QUOTA = 200 * 1024 * 1024
export const ROOM_QUOTA = 2 * 1024 * 1024 * 1024
