import type { Grants } from '../oauth.ts';
import { assistantMethods } from './assistant.ts';
import { authMethods } from './auth.ts';
import { chatMethods } from './chat.ts';
import { conversationMethods } from './conversations.ts';
import type { Method } from './method.ts';
import { oauthMethods } from './oauth.ts';
import { peopleMethods } from './people.ts';
import { reactionMethods } from './reactions.ts';
import { streamMethods } from './stream.ts';
import { viewMethods } from './views.ts';

/** Every method that is modelled, by its name in the Web API. */
export function methods(grants: Grants): Readonly<Record<string, Method>> {
  return {
    ...assistantMethods,
    ...authMethods,
    ...chatMethods,
    ...conversationMethods,
    ...oauthMethods(grants),
    ...peopleMethods,
    ...reactionMethods,
    ...streamMethods,
    ...viewMethods,
  };
}
