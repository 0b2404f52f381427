import { PermanentError } from '../../stores/errors.ts';
import type { ChatBody } from './client.ts';
import type { Profile, Served } from './engines/profile.ts';
import type { Completion } from './port.ts';

/** OpenAI's and TGI's limit. */
const mostStops = 4;

/**
 * What is sent for a completion: only what every engine understands, and understands alike. `presence_penalty`, `n` and
 * `logit_bias` are never sent: TGI makes a repetition penalty of the first (0 becomes 2.0) and ignores the others.
 *
 * @throws PermanentError `chat.refused`, `chat.no-adapter`
 */
export function bodyOf(
  profile: Profile,
  served: Served,
  adapter: string | null,
  completion: Completion,
): ChatBody {
  const { messages, maxTokens, temperature, topP, stop, seed, schema } = completion;
  if (stop && stop.length > mostStops) {
    throw new PermanentError(
      `A completion stops at four texts at most, and ${stop.length} are given.`,
      { code: 'chat.refused', hint: 'Leave some of them out.' },
    );
  }
  return {
    ...profile.select(served, adapter),
    messages: messages.map(({ role, content }) => ({ role, content })),
    max_tokens: maxTokens,
    stream_options: { include_usage: true },
    ...(temperature === undefined ? {} : { temperature }),
    // 1 means nothing, and TGI refuses it.
    ...(topP === undefined || topP >= 1 ? {} : { top_p: topP }),
    ...(stop && stop.length > 0 ? { stop: [...stop] } : {}),
    ...(seed === undefined ? {} : { seed }),
    ...(schema ? { response_format: profile.format(schema) as never } : {}),
  };
}
