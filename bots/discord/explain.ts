import type { Message } from '../conversation/message.ts';
import type { BotPorts } from '../ports.ts';
import { stringsFor } from '../strings/strings.ts';
import { text } from './answer/components.ts';
import { describeFailure, troubleOf } from './failure.ts';
import type { Reply } from './reply.ts';
import type { Wire } from './wire.ts';
import { bodyOf } from './writer/body.ts';
import { NowhereToWrite, nonceOf } from './writer/create.ts';

type Explaining = {
  readonly wire: Wire;
  readonly log: BotPorts['log'];
  readonly now: () => number;
};

/**
 * An answer could not be shown: tells the asker by another way where there is something they or an admin can
 * do about it, and the operator always.
 */
export async function explainUndelivered(
  ports: Explaining,
  error: unknown,
  message: Message,
  reply: Reply,
): Promise<void> {
  const say = stringsFor(message.person.locale);
  const channel = `<#${reply.channel}>`;
  const trouble = troubleOf(error);
  const seen = {
    channel: reply.channel,
    guild: message.place.workspace,
    failure: describeFailure(error),
  };
  if (error instanceof NowhereToWrite) {
    ports.log.warn(seen, 'an answer came later than Discord lets a reply be changed');
    return tellAsker(ports, message, say('discord.unfinished', { channel }));
  }
  if (trouble === 'no-access' || trouble === 'no-permission') {
    const permission = trouble === 'no-access' ? 'View Channel' : writing(reply);
    const operator = stringsFor('en')('problem.permissionOperator', {
      permission,
      channel: reply.channel,
    });
    ports.log.warn(
      seen,
      `${operator} Give it to the bot's role, in the server or in that channel.`,
    );
    return tellAsker(ports, message, `${channel}: ${say('problem.permission', { permission })}`);
  }
  if (trouble === 'no-channel') {
    const operator = stringsFor('en')('problem.removedOperator', { channel: reply.channel });
    ports.log.warn(seen, `${operator} Or the channel is gone.`);
    return;
  }
  if (trouble === 'archived') {
    const operator = stringsFor('en')('problem.archivedOperator', { channel: reply.channel });
    ports.log.warn(seen, operator);
    return tellAsker(ports, message, `${channel}: ${say('problem.archived')}`);
  }
  if (trouble === 'unauthorised') {
    ports.log.error(seen, stringsFor('en')('problem.tokenOperator', { workspace: 'Discord' }));
    return;
  }
  ports.log.warn(seen, 'an answer could not be shown');
}

const writing = (reply: Reply): string =>
  reply.inThread || (reply.via === 'message' && reply.opens)
    ? 'Send Messages in Threads'
    : 'Send Messages';

/** Privately, and only if the person takes it: nothing depends on it. */
async function tellAsker(ports: Explaining, message: Message, line: string): Promise<void> {
  if (message.person.bot) return;
  try {
    const direct = await ports.wire.direct(message.person.id);
    const nonce = nonceOf('explained', message.event);
    await ports.wire.createMessage(direct, { ...bodyOf([text(line)]), nonce });
  } catch (error) {
    ports.log.info({ failure: describeFailure(error) }, 'the asker takes no direct messages');
  }
}
