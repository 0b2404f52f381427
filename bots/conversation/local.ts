import type { Message, Person, Place, Platform } from './message.ts';

/** Whoever sits at this machine. */
export const localPerson: Person = { id: 'local', roles: [], locale: null, bot: false };

export const localPlace = (platform: Extract<Platform, 'web' | 'terminal'>): Place => ({
  platform,
  workspace: null,
  channel: null,
  kind: 'local',
});

/** A question typed at this machine. */
export function localMessage(
  platform: 'web' | 'terminal',
  asked: {
    readonly question: string;
    readonly thread: string;
    readonly event: string;
    /** As a browser or a terminal names it. */
    readonly locale?: string | undefined;
  },
): Message {
  return {
    event: asked.event,
    message: null,
    thread: `${platform}:${asked.thread}`,
    opensThread: false,
    place: localPlace(platform),
    person: { ...localPerson, locale: asked.locale ?? null },
    text: asked.question,
    addressed: true,
    mentionsOthers: false,
    task: 'answer',
    reply: null,
  };
}
