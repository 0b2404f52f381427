import type { Command } from 'commander';
import type { LanguageModelEnvironment } from '../../pipelines/serving/environment.ts';
import type { LanguageModel } from '../../pipelines/serving/language-model/port.ts';
import { PermanentError } from '../../pipelines/stores/errors.ts';
import type { ExitCode } from './exit.ts';
import type { Output } from './output.ts';
import { inStorehouse } from './rooms.ts';
import type { Setting } from './setting.ts';
import type { Storehouse } from './storehouse.ts';

/** `understudy adapter …`: whether the model server really speaks in the twin's voice. */
export function addAdapterCommands(program: Command, setting: Setting): void {
  const adapter = program
    .command('adapter')
    .description('check that the model server answers with the twin’s adapter');
  adapter
    .command('check')
    .description(
      'compare what it says with the base model, with a made-up name, and with the record',
    )
    .option('--json', 'one JSON document', false)
    .action(({ json }: { json: boolean }) =>
      withModel(setting, json, async ({ model, house, llm }, output) => {
        const { runAdapterCheck } = await import('./commands/adapter.ts');
        return await runAdapterCheck(model, house.artefacts, llm.prints, output, setting.signal);
      }),
    );
  adapter
    .command('record')
    .description('keep how it speaks now, as what it has to say from now on')
    .option('--json', 'one JSON document', false)
    .action(({ json }: { json: boolean }) =>
      withModel(setting, json, async ({ model, house }, output) => {
        const { runAdapterRecord } = await import('./commands/adapter.ts');
        return await runAdapterRecord(model, house.artefacts, output, setting.signal);
      }),
    );
}

type Opened = {
  readonly model: LanguageModel;
  readonly house: Storehouse;
  readonly llm: LanguageModelEnvironment;
};

async function withModel(
  setting: Setting,
  json: boolean,
  run: (opened: Opened, output: Output) => Promise<ExitCode>,
): Promise<void> {
  const { llm } = setting.environment();
  if (llm?.adapter === undefined) {
    throw new PermanentError('No adapter is set: there is nothing to check.', {
      code: 'environment.incomplete',
      hint: 'Set LLM_URL to the model server and LLM_ADAPTER to the adapter’s name there.',
    });
  }
  const { languageModelOf } = await import('../../pipelines/serving/open.ts');
  await inStorehouse(setting, json, async (house, output) => {
    const model = await languageModelOf(llm, setting.signal);
    try {
      return await run({ model, house, llm }, output);
    } finally {
      await model.close();
    }
  });
}
