import { openApiKeys } from '../../../bots/state/keys.ts';
import { describeApiKeys } from '../../conformance/api-keys.ts';
import { temporaryHome } from '../../pipelines/stores/temporary.ts';

describeApiKeys('SQLite', async () => {
  const place = temporaryHome();
  return {
    keys: openApiKeys(place.open()),
    other: openApiKeys(place.open()),
    close: async () => place.close(),
  };
});
