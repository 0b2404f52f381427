/** What mentions in a message stand for; undefined where nobody knows. */
export type Names = {
  readonly user: (id: string) => string | undefined;
  readonly role: (id: string) => string | undefined;
  readonly channel: (id: string) => string | undefined;
};

/** The ids by which the bot itself is mentioned: its user, and the role that Discord made for it. */
export type Self = { readonly user: string; readonly role: string | null };

const tokens =
  /<(?:@!?(?<user>\d+)|@&(?<role>\d+)|#(?<channel>\d+)|a?:(?<emoji>\w+):\d+|t:(?<time>-?\d+)(?::\w)?|\/(?<command>[^:>]+):\d+)>/gu;

/** Discord's text as a person reads it: the bot's own mention gone, all others by their names. */
export function readable(content: string, self: Self, names: Names): string {
  const text = content.replace(tokens, (whole, ...rest) => {
    const found = rest.at(-1) as Record<string, string | undefined>;
    const { user, role, channel, emoji, time, command } = found;
    if (user !== undefined) return user === self.user ? '' : `@${names.user(user) ?? 'somebody'}`;
    if (role !== undefined) return role === self.role ? '' : `@${names.role(role) ?? 'a group'}`;
    if (channel !== undefined) return `#${names.channel(channel) ?? 'a channel'}`;
    if (emoji !== undefined) return `:${emoji}:`;
    if (command !== undefined) return `/${command}`;
    return time === undefined ? whole : dateOf(Number(time) * 1_000, whole);
  });
  // What a mention leaves behind in a line that goes on, without touching the indentation of code.
  return text.replace(/(\S)[ \t]{2,}(?=\S)/gu, '$1 ').trim();
}

function dateOf(ms: number, whole: string): string {
  const date = new Date(ms);
  return Number.isNaN(date.getTime()) ? whole : date.toISOString().slice(0, 16).replace('T', ' ');
}

export function mentions(content: string, self: Self): { me: boolean; others: boolean } {
  let me = false;
  let others = false;
  for (const { groups } of content.matchAll(tokens)) {
    const id = groups?.['user'] ?? groups?.['role'];
    if (id === undefined) continue;
    if (id === self.user || id === self.role) me = true;
    else others = true;
  }
  return { me, others };
}
