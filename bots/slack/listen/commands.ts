import type { App } from '@slack/bolt';
import { z } from 'zod';
import type { Message, Person } from '../../conversation/message.ts';
import { withoutSlackPings } from '../../markdown/pings.ts';
import type { Say } from '../../strings/strings.ts';
import { commandName } from '../manifest.ts';
import { kindOfChannel, placeOf, threadName, type Where } from '../names.ts';
import { type Command, readCommand, readPermalink } from '../read/command.ts';
import { readableText } from '../read/text.ts';
import type { Reply } from '../reply.ts';
import { helpLines, howItReads, sourcesLines } from '../show/knowledge.ts';
import { clipped, escaped, literalMrkdwn } from '../show/mrkdwn.ts';
import { respond } from '../show/only-asker.ts';
import type { Workspace } from '../web/workspaces.ts';
import { type Desk, type Origin, originOf, personOf, workspaceOf } from './desk.ts';
import { openSettings } from './settings.ts';

const commandSchema = z.object({
  command: z.string(),
  text: z.string().default(''),
  channel_id: z.string(),
  user_id: z.string(),
  trigger_id: z.string(),
  response_url: z.string(),
});

type Run = {
  readonly desk: Desk;
  readonly origin: Origin;
  readonly workspace: Workspace;
  readonly where: Where;
  readonly person: Person;
  readonly say: Say;
  readonly given: z.infer<typeof commandSchema>;
};

const mostEchoed = 500;

/** `/twin …`: only the one who typed it sees what comes. */
export function listenToCommands(app: App, desk: Desk): void {
  app.command(commandName, async ({ ack, body, context }) => {
    const given = commandSchema.parse(body);
    const command = readCommand(given.text);
    await ack(echo(command));
    desk.run('command', async () => {
      const origin = originOf(context);
      const workspace = await workspaceOf(desk, origin);
      const { person, say } = await personOf(desk, workspace, given.user_id);
      const kind = kindOfChannel(given.channel_id);
      const where = { team: origin.team, channel: given.channel_id, kind };
      await run(command, { desk, origin, workspace, where, person, say, given });
    });
  });
}

/** Slack shows nothing of what was typed: above the answer should stand what was asked. */
function echo(command: Command) {
  if (command.kind !== 'known' || command.name !== 'ask' || command.rest === '') return undefined;
  const question = readableText(command.rest, () => null);
  const quoted = escaped(clipped(question, mostEchoed)).replace(/^/gmu, '> ');
  return { response_type: 'ephemeral', text: withoutSlackPings(quoted) } as const;
}

async function run(command: Command, running: Run): Promise<void> {
  const { say, desk, given } = running;
  if (command.kind === 'unknown') {
    const typed = literalMrkdwn(clipped(command.name, 80));
    const words =
      command.nearest === undefined
        ? say('command.unknownPlain', { command: typed, help: `\`${commandName} help\`` })
        : say('command.unknown', { command: typed, nearest: `${commandName} ${command.nearest}` });
    return tell(running, words);
  }
  switch (command.name) {
    case 'ask':
      return ask(
        running,
        readableText(command.rest, () => null),
      );
    case 'summary':
      return summarise(running, command.rest);
    case 'settings': {
      const refused = await openSettings(desk, running.workspace, given.trigger_id, {
        where: running.where,
        person: running.person,
        say,
      });
      return refused === undefined ? undefined : tell(running, refused);
    }
    case 'sources':
    case 'style':
    case 'help':
      return tellKnowledge(running, command.name);
  }
}

async function tell({ desk, given }: Run, words: string): Promise<void> {
  await respond(
    { url: given.response_url, replaces: false },
    { text: withoutSlackPings(words) },
    desk.timings.callMs,
  );
}

async function ask(running: Run, question: string): Promise<void> {
  const { desk, say } = running;
  if (question === '') return tell(running, say('question.empty'));
  await desk.conversation.hear(messageOf(running, { text: question }), desk.channel);
}

/** Of the thread behind a link, or of what was said here lately. */
async function summarise(running: Run, rest: string): Promise<void> {
  const { desk, say, where } = running;
  const link = readPermalink(rest);
  // A link into another channel could show what the one who asks may not read there.
  if (rest !== '' && link?.channel !== where.channel)
    return tell(running, say('summary.elsewhere'));
  await desk.conversation.hear(
    messageOf(running, {
      text: '',
      task: 'summary',
      opensThread: false,
      reads: link === undefined ? 'channel' : 'thread',
      root: link?.root ?? null,
    }),
    desk.channel,
  );
}

function messageOf(
  { origin, where, person, given }: Run,
  {
    text,
    task = 'answer',
    opensThread = true,
    reads = 'nothing',
    root = null,
  }: Pick<Message, 'text'> &
    Partial<Pick<Message, 'task' | 'opensThread'> & Pick<Reply, 'reads' | 'root'>>,
): Message {
  const { channel, kind } = where;
  const reply: Reply = {
    ...origin,
    channel,
    kind,
    root,
    question: null,
    user: person.id,
    userTeam: origin.team,
    onlyAsker: { url: given.response_url, replaces: false },
    reads,
  };
  return {
    event: `${origin.team}:command:${given.trigger_id}`,
    message: null,
    thread: threadName(where, `command:${given.trigger_id}`),
    opensThread,
    place: placeOf(where),
    person,
    text,
    addressed: true,
    mentionsOthers: false,
    task,
    reply,
  };
}

const linesOf = { sources: sourcesLines, style: howItReads, help: helpLines } as const;

async function tellKnowledge(running: Run, what: keyof typeof linesOf): Promise<void> {
  const { desk, where, person, say } = running;
  const allowed = await desk.conversation.access(placeOf(where), person);
  if (!allowed.allowed) {
    return tell(running, say(where.kind === 'direct' ? 'access.person' : 'access.channel'));
  }
  const lines = await linesOf[what](desk.knowledge, allowed.access, say, running.workspace.user);
  await tell(running, lines.join('\n'));
}
