import { describeChannel } from '../../conformance/channel.ts';
import { openApiDriver } from './api.ts';
import { openDiscordDriver } from './discord.ts';
import { openSlackDriver } from './slack.ts';
import { openTerminalDriver } from './terminal.ts';
import { openWebDriver } from './web.ts';

describeChannel('page', openWebDriver, {
  redeliver: true,
  shorter: false,
  edit: false,
  remove: false,
});

describeChannel('api', openApiDriver, {
  redeliver: true,
  shorter: false,
  edit: false,
  remove: false,
});

describeChannel('terminal', openTerminalDriver, {
  redeliver: false,
  shorter: true,
  edit: false,
  remove: false,
});

const everything = { redeliver: true, shorter: true, edit: true, remove: true };

describeChannel('slack', openSlackDriver, everything);
describeChannel('discord', openDiscordDriver, everything);
