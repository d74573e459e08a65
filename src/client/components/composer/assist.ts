import type { Message } from '../../../shared/messages.ts'
import { type Place, run, type Told, UnknownCommand } from '../../commands/index.ts'
import { isComposing, stepWithin } from '../../dom/keys.ts'
import type { Composing } from '../../stores/composing.ts'
import { createObservable } from '../../stores/observable.ts'
import { type Emoji, loadEmoji } from '../../text/emoji.ts'
import { introduce } from '../late.ts'
import CompletionOptions from './completion-options.riot'
import { type Completion, completionAt, type Typed } from './completions.ts'
import ComposerNotice from './composer-notice.riot'
import { emojiAt } from './emoji-picker.ts'
import { recentSpeakers } from './mention-picker.ts'
import ReplyBar from './reply-bar.riot'

export type Notice = { told: Told; is_bad: boolean; can_be_text: boolean }
export type Assist = ReturnType<typeof openAssist>

export type AssistHost = {
  place: Place
  typed: () => Typed
  /** Puts another text into the field. */
  write: (typed: Typed) => void
  messages: () => readonly Pick<Message, 'sender_id'>[]
}

/** Makes what goes with a reply known to the composer. */
export function introduceAssist() {
  introduce(CompletionOptions, ComposerNotice, ReplyBar)
}

/** What helps while writing, from the first character on that asks for it: completion, and commands with what came of them. */
export function openAssist({ place, typed, write, messages }: AssistHost) {
  introduceAssist()
  const { subscribe, changed } = createObservable()
  let emoji: Emoji[] | null = null
  let completion: Completion | null = null
  let at = 0
  /** Where a list was closed by hand: it stays closed for as long as the same thing is typed. */
  let closed_at: number | null = null
  let notice: Notice | null = null
  let is_running = false

  function look() {
    const now = typed()
    if (!emoji && emojiAt(now.text, now.caret)) void fetchEmoji()
    const found = completionAt(now, { place, spoke: () => recentSpeakers(messages()), emoji })
    if (found?.start !== closed_at) closed_at = null
    completion = closed_at === null ? found : null
    at = 0
    changed()
  }

  async function fetchEmoji() {
    emoji = await loadEmoji().catch(() => null)
    if (emoji) look()
  }

  function close() {
    if (!completion) return false
    closed_at = completion.start
    completion = null
    changed()
    return true
  }

  function take(index: number) {
    const option = completion?.options[index]
    if (option) write(option.taken)
  }

  function tell(told: Told, is_bad = false, can_be_text = false) {
    notice = { told, is_bad, can_be_text }
    changed()
  }

  return {
    subscribe,
    look,
    close,
    take,
    get completion() {
      return completion
    },
    /** Which of the options is marked. */
    get at() {
      return at
    },
    get notice() {
      return notice
    },
    get is_running() {
      return is_running
    },
    dismiss() {
      notice = null
      changed()
    },
    /** An open list owns its keys. Tells whether this was one of them. */
    keydown(event: KeyboardEvent): boolean {
      if (!completion || isComposing(event)) return false
      const { options } = completion
      if (event.key === 'Escape') return close()
      if ((event.key === 'Enter' || event.key === 'Tab') && !event.shiftKey) {
        const option = options[at]
        // Typed to its end, there is nothing to take: Enter goes on to what it does.
        const is_typed = option?.taken.text.trimEnd() === typed().text.trimEnd()
        if (!option || (is_typed && event.key === 'Enter')) return false
        take(at)
        return true
      }
      if (!options.length || (event.key !== 'ArrowDown' && event.key !== 'ArrowUp')) return false
      at = stepWithin(event.key, at, options.length)
      changed()
      return true
    },
    /** The draft answers a message, which has to be fetched unless the room still knows it. */
    async resumeReply(composing: Composing, message_id: string) {
      if (composing.reply_to) return
      const page = await place.app.api.messages(place.room.id, { around: message_id, limit: 1 }).catch(() => null)
      const message = page?.messages.find(({ id, deleted_at }) => id === message_id && !deleted_at)
      if (message && !composing.reply_to) composing.reply(message)
    },
    /** Gives a command. Tells whether it was carried out, so that its text can go. */
    async command(text: string): Promise<boolean> {
      if (is_running) return false
      is_running = true
      completion = null
      notice = null
      changed()
      try {
        const told = await run(text, { ...place, tell })
        if (told) tell(told)
        return true
      } catch (error) {
        tell(error instanceof Error ? error.message : String(error), true, error instanceof UnknownCommand)
        return false
      } finally {
        is_running = false
        changed()
      }
    },
  }
}
