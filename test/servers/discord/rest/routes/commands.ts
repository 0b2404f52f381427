import type { CommandDraft } from '../../limits/commands.ts';
import { type CommandState, commandPayload } from '../../world/commands.ts';
import { ApiError } from '../errors.ts';
import { type Call, CREATED, type Handlers, NO_CONTENT, OK, type Rooms } from './route.ts';

/** The application's commands, global and of guilds. */
export function commandRoutes({ world, commands }: Rooms): Handlers {
  const scope = ({ params }: Call): string | undefined => {
    if (params['application_id'] !== world.applicationId) throw new ApiError(50_001);
    const guildId = params['guild_id'];
    if (guildId !== undefined && !world.guilds.get(guildId)?.botIn) throw new ApiError(50_001);
    return guildId;
  };
  const show = (command: CommandState, localized = true) =>
    commandPayload(world, command, localized);
  const id = ({ params }: Call) => params['command_id'] ?? '';
  const wide = ({ query }: Call) => query.get('with_localizations') === 'true';

  const list = (call: Call) => ({
    status: OK,
    body: commands.list(scope(call)).map((command) => show(command, wide(call))),
  });
  const create = (call: Call) => {
    const { command, fresh } = commands.put(scope(call), call.body as CommandDraft);
    return { status: fresh ? CREATED : OK, body: show(command) };
  };
  const replaceAll = (call: Call) => ({
    status: OK,
    body: commands
      .replaceAll(scope(call), (call.body ?? []) as CommandDraft[])
      .map((command) => show(command)),
  });
  const get = (call: Call) => ({ status: OK, body: show(commands.get(scope(call), id(call))) });
  const patch = (call: Call) => ({
    status: OK,
    body: show(commands.patch(scope(call), id(call), call.body as Partial<CommandDraft>)),
  });
  const remove = (call: Call) => {
    commands.remove(scope(call), id(call));
    return NO_CONTENT;
  };
  return {
    list_application_commands: list,
    create_application_command: create,
    bulk_set_application_commands: replaceAll,
    get_application_command: get,
    update_application_command: patch,
    delete_application_command: remove,
    list_guild_application_commands: list,
    create_guild_application_command: create,
    bulk_set_guild_application_commands: replaceAll,
    get_guild_application_command: get,
    update_guild_application_command: patch,
    delete_guild_application_command: remove,
  };
}
