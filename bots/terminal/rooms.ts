import type { ExitCode } from './exit.ts';
import type { House } from './house.ts';
import { type Output, openOutput } from './output.ts';
import type { Setting } from './setting.ts';
import type { Storehouse } from './storehouse.ts';

type Run<T> = (house: T, output: Output) => Promise<ExitCode>;

/** Opens what is kept, runs the command, and closes it whatever happened. Model servers may be away. */
export async function inStorehouse(
  setting: Setting,
  json: boolean,
  run: Run<Storehouse>,
): Promise<void> {
  const { openStorehouse } = await import('./storehouse.ts');
  await runIn(await openStorehouse(setting.environment()), setting, json, run);
}

/** The same with all that answering takes. */
export async function inHouse(setting: Setting, json: boolean, run: Run<House>): Promise<void> {
  const { openHouse } = await import('./house.ts');
  await runIn(await openHouse(setting.environment(), setting.bots()), setting, json, run);
}

async function runIn<T extends { close(): Promise<void> }>(
  house: T,
  { exit }: Setting,
  json: boolean,
  run: Run<T>,
): Promise<void> {
  try {
    exit(await run(house, openOutput(json)));
  } finally {
    await house.close();
  }
}
