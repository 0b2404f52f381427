import { openSqliteWarehouse } from '../../../pipelines/stores/warehouse/sqlite.ts';
import { describeWarehouse } from '../../conformance/warehouse.ts';
import { temporaryHome } from './temporary.ts';

describeWarehouse('SQLite', async () => {
  const place = temporaryHome();
  return {
    warehouse: openSqliteWarehouse(place.open()),
    other: openSqliteWarehouse(place.open()),
    close: async () => place.close(),
  };
});
