import { localInference } from '../../../pipelines/inference/local.ts';
import { openRemoteAnswering } from '../../../pipelines/inference/remote/answering.ts';
import { describeAnswering } from '../../conformance/answering.ts';
import { startService } from './service/service.ts';

describeAnswering('in this process', async (pipeline, release) => ({
  inference: localInference(pipeline, release),
  close: async () => undefined,
}));

describeAnswering('in a process of its own', async (pipeline, release) => {
  const service = await startService(pipeline, { release, atOnce: 256 });
  const inference = await openRemoteAnswering({ urls: [service.url] });
  return {
    inference,
    async close() {
      await inference.close();
      await service.close();
    },
  };
});
