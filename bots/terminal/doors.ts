import { listenToVoice } from '../../pipelines/inference/voice/watch.ts';
import { readApi } from '../api/config.ts';
import { startPlatforms } from '../platforms.ts';
import type { BotPorts } from '../ports.ts';
import { startPlayground } from '../web/server.ts';
import { startHouseApi } from './api.ts';
import { botPorts, type House } from './house.ts';
import { platformConfigs } from './platform-configs.ts';

/** One way in that is open now, for whoever is told. */
export type Opened =
  | { readonly door: 'playground' | 'api'; readonly url: string }
  | { readonly door: 'platform'; readonly name: string };

export type Doors = {
  /** Nothing new comes in, running answers finish, connections end: in that order. */
  close(): Promise<void>;
};

/**
 * Opens every way in that is set up: the page, the API, and last the platforms, which are the ones that people would
 * see come and go. What was opened is closed again when a later one fails.
 */
export async function openDoors(
  house: House,
  {
    variables,
    port,
    log,
    opened,
  }: {
    readonly variables: Readonly<Record<string, string | undefined>>;
    /** The playground's; 0 takes a free one. */
    readonly port: number;
    readonly log: BotPorts['log'];
    readonly opened: (door: Opened) => void;
  },
): Promise<Doors> {
  const leaving = new AbortController();
  const quiesce: (() => Promise<void>)[] = [];
  const close: (() => Promise<void>)[] = [];
  const closeAll = async () => {
    leaving.abort();
    for (const each of quiesce) await each();
    await house.drain();
    for (const each of close) await each();
  };
  try {
    const playground = await startPlayground(house, { port, host: '127.0.0.1' });
    quiesce.push(() => playground.close());
    opened({ door: 'playground', url: playground.url });
    const api = await startHouseApi(house, readApi(variables), log);
    if (api) {
      quiesce.push(() => api.quiesce());
      close.push(() => api.close());
      opened({ door: 'api', url: api.url });
    }
    const configs = platformConfigs(variables, house.state.sealed);
    const platforms = await startPlatforms(botPorts(house, log), configs);
    // Before the page: people in channels wait for their answers, whoever looks at the page sees it end.
    quiesce.unshift(() => platforms.quiesce());
    close.push(() => platforms.close());
    for (const name of platforms.names) opened({ door: 'platform', name });
    const listening = listenToVoice(house, log, leaving.signal);
    close.push(() => listening);
    return { close: closeAll };
  } catch (error) {
    await closeAll();
    throw error;
  }
}
