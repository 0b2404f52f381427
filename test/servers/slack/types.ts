export type * from './types/faults.ts';
export type * from './types/messages.ts';
export type * from './types/person.ts';
export type * from './types/records.ts';
export type * from './types/server.ts';
export type * from './types/specs.ts';
export type * from './types/workspace.ts';
