import type { OpenClient } from '../client.ts';
import { openAsk } from './ask.ts';

/** The whole way of a question that the model reads first: a second call of it, and more to search for. */
export const open: OpenClient = (server) => openAsk(server, true);
