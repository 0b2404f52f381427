import { type Access, intersect } from '../../../pipelines/stores/features/port.ts';
import type { Message } from '../../conversation/message.ts';
import { stringsFor } from '../../strings/strings.ts';
import { apiPlace, type Caller, narrowed, personOf } from '../auth/caller.ts';
import type { ApiPorts } from '../ports.ts';
import { deniedBy } from './refusals.ts';

/**
 * What the key may see: what the rules let it, what it is limited to itself, and what the request asks for.
 *
 * @throws ApiError where the rules do not let it in.
 */
export async function accessOf(
  { conversation }: Pick<ApiPorts, 'conversation'>,
  caller: Caller,
  only?: Message['only'],
): Promise<Access | undefined> {
  const decided = await conversation.access(apiPlace, personOf(caller));
  if (!decided.allowed) throw deniedBy(stringsFor(null));
  return intersect(decided.access, narrowed(caller, only));
}
