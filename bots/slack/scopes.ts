/** Why the app asks for each scope: what would be missing without it. `doctor` and the docs read this table. */
export type Scope = { readonly scope: string; readonly why: string };

/** What the manifest asks for: the least that everything in this folder needs. */
export const requiredScopes = [
  {
    scope: 'app_mentions:read',
    why: 'Hears when it is mentioned.',
  },
  {
    scope: 'assistant:write',
    why: 'Greets, suggests questions and names threads in the assistant pane.',
  },
  {
    scope: 'channels:history',
    why: 'Answers follow-up questions in threads of public channels without a new mention, and reads those threads to understand them.',
  },
  {
    scope: 'chat:write',
    why: 'Answers, streams, edits its own answers and shows that it is working.',
  },
  {
    scope: 'commands',
    why: 'Offers /twin and the shortcuts on messages.',
  },
  {
    scope: 'groups:history',
    why: 'The same follow-up questions in private channels it was invited to.',
  },
  {
    scope: 'im:history',
    why: 'Hears direct messages.',
  },
  {
    scope: 'mpim:history',
    why: 'The same follow-up questions in direct messages among several people it was invited to.',
  },
  {
    scope: 'users:read',
    why: 'Speaks each person’s language, and writes names instead of ids when it reads a thread.',
  },
] as const satisfies readonly Scope[];

/** Asked for by nobody unless rules of access name user groups. */
export const optionalScopes = [
  {
    scope: 'usergroups:read',
    why: 'Knows who is in which user group, when rules of access name groups.',
  },
] as const satisfies readonly Scope[];
