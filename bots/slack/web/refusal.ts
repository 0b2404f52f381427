import { PermanentError } from '../../../pipelines/stores/errors.ts';
import type { Say } from '../../strings/strings.ts';

/** What a refusal of Slack's is about, as far as people are told different things. */
export type RefusalKind = 'archived' | 'removed' | 'token' | 'scope' | 'other';

const kinds: Readonly<Record<string, RefusalKind>> = {
  is_archived: 'archived',
  channel_is_archived: 'archived',
  is_inactive: 'archived',
  not_in_channel: 'removed',
  channel_not_found: 'removed',
  restricted_action: 'removed',
  restricted_action_read_only_channel: 'removed',
  restricted_action_thread_only_channel: 'removed',
  account_inactive: 'token',
  invalid_auth: 'token',
  not_authed: 'token',
  org_login_required: 'token',
  team_access_not_granted: 'token',
  token_expired: 'token',
  token_revoked: 'token',
  missing_scope: 'scope',
  no_permission: 'scope',
  not_allowed_token_type: 'scope',
};

const prefix = 'slack.';

export const kindOf = (error: string): RefusalKind => kinds[error] ?? 'other';

/** Slack's own word for why it refused, of an error that `refusal` made; undefined for any other. */
export function refusedWith(failure: unknown): string | undefined {
  return failure instanceof PermanentError && failure.code.startsWith(prefix)
    ? failure.code.slice(prefix.length)
    : undefined;
}

export function refusal(error: string, needed?: string): PermanentError {
  return new PermanentError(`Slack refused: ${error}.`, {
    code: `${prefix}${error}`,
    hint: hintFor(error, needed),
  });
}

function hintFor(error: string, needed: string | undefined): string {
  switch (kindOf(error)) {
    case 'archived':
      return 'The channel is archived: unarchive it, or ask elsewhere.';
    case 'removed':
      return 'The bot cannot write there: invite it to the channel.';
    case 'token':
      return 'Install the app again and set the new token; understudy slack doctor checks it.';
    case 'scope':
      return `The app lacks ${needed === undefined ? 'a scope' : `the scope ${needed}`}: add it under OAuth & Permissions and install the app again.`;
    case 'other':
      return 'understudy slack doctor checks tokens, scopes and events; docs.slack.dev explains each error.';
  }
}

/** The same for the person who asked; without an error of Slack's only that it went wrong. */
export function wordsForAsker(error: string | undefined, say: Say): string {
  switch (error === undefined ? 'other' : kindOf(error)) {
    case 'archived':
      return say('problem.archived');
    case 'removed':
      return say('problem.removed');
    case 'token':
      return say('problem.token');
    case 'scope':
      return say('problem.scope');
    case 'other':
      return say('failed.retryable');
  }
}
