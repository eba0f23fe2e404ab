import t from 'tap';
import { everyPool } from './everyPool.js';

await everyPool(t, 4);
