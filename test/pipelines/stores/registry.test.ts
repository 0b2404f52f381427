import { openSqliteRegistry } from '../../../pipelines/stores/registry/sqlite.ts';
import { describeRegistry } from '../../conformance/registry.ts';
import { temporaryHome } from './temporary.ts';

describeRegistry('SQLite', async () => {
  const place = temporaryHome();
  return {
    registry: openSqliteRegistry(place.open()),
    other: openSqliteRegistry(place.open()),
    where: place.home,
    close: async () => place.close(),
  };
});
