import type { Member } from '../../shared/rooms.ts'
import { memberCalls } from '../calls/members.ts'
import { mayManage } from '../stores/rights.ts'
import { type Command, OWNER_ONLY, type Place, standing } from './command.ts'

const OFFERED = 8

export const mute: Command = {
  name: 'mute',
  usage: '/mute @name',
  words: 'Let a member read along but not write, or let them write again',
  may: ({ moderates }, { direct }) => moderates && !direct,
  refusal: `${OWNER_ONLY} In a direct conversation nobody can be muted.`,
  choices(typed, place) {
    const wanted = nameIn(typed)
    return manageable(place)
      .filter(({ user }) => `${user.handle} ${user.display_name}`.toLowerCase().includes(wanted))
      .slice(0, OFFERED)
      .map(({ user, is_muted }) => ({
        insert: `@${user.handle}`,
        title: user.display_name,
        note: is_muted ? `@${user.handle} · muted, may write again` : `@${user.handle}`,
      }))
  },
  async run(argument, place) {
    const { app, room } = place
    const wanted = nameIn(argument)
    if (!wanted) throw new Error('Say whom, as in /mute @name.')
    const called = ({ user }: Member) => user.handle === wanted || user.display_name.toLowerCase() === wanted
    const found = room.details.members.find(called)
    if (!found) throw new Error(`Nobody here is called “${argument}”.`)
    if (!manageable(place).includes(found)) throw new Error(`${found.user.display_name} cannot be muted by you.`)
    const { member } = await memberCalls(app.api).change(room.id, found.user.id, { is_muted: !found.is_muted })
    room.details.put(member)
    const { display_name } = member.user
    return member.is_muted ? `${display_name} is muted: they read along.` : `${display_name} can write again.`
  },
}

function manageable(place: Place): Member[] {
  const { rights } = standing(place) ?? {}
  return rights ? place.room.details.members.filter(member => mayManage(member, rights)) : []
}

function nameIn(typed: string): string {
  return typed.trim().replace(/^@/, '').toLowerCase()
}
