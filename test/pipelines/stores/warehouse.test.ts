import { openSqliteWarehouse } from '../../../pipelines/stores/warehouse/sqlite.ts';
import { describeWarehouse } from '../../conformance/warehouse.ts';
import { describeDurability } from '../../conformance/warehouse-durability.ts';
import { temporaryHome } from './temporary.ts';

const open = async () => {
  const place = temporaryHome();
  return {
    warehouse: openSqliteWarehouse(place.open()),
    other: openSqliteWarehouse(place.open()),
    address: place.home,
    close: async () => place.close(),
  };
};

describeWarehouse('SQLite', open);
describeDurability('SQLite', open);
