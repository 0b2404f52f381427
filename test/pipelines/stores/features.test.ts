import { openSqliteFeatures } from '../../../pipelines/stores/features/sqlite/adapter.ts';
import { describeFeatures } from '../../conformance/features.ts';
import { temporaryHome } from './temporary.ts';

describeFeatures('SQLite', async () => {
  const place = temporaryHome();
  return {
    store: openSqliteFeatures(place.open()),
    other: openSqliteFeatures(place.open()),
    close: async () => place.close(),
  };
});
