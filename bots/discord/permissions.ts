import { PermissionFlagsBits } from 'discord.js';

/** What the bot needs and not more, each with what it is for. */
export const neededPermissions = [
  ['ViewChannel', 'to see that it is mentioned'],
  ['SendMessages', 'to answer in a channel'],
  ['SendMessagesInThreads', 'to answer in a thread'],
  ['CreatePublicThreads', 'to open a thread under a question'],
  ['ReadMessageHistory', 'to know what was said before, and to reply to the question'],
] as const satisfies readonly (readonly [keyof typeof PermissionFlagsBits, string])[];

export const permissionBits = neededPermissions.reduce(
  (bits, [name]) => bits | PermissionFlagsBits[name],
  0n,
);

/** The link by which a server's admin, or a person for themselves, adds the bot. */
export function installLink(applicationId: string): string {
  const query = new URLSearchParams({
    client_id: applicationId,
    scope: 'bot applications.commands',
    permissions: permissionBits.toString(),
    integration_type: '0',
  });
  return `https://discord.com/oauth2/authorize?${query}`;
}

/** For a person who wants to take the twin along everywhere. */
export function userInstallLink(applicationId: string): string {
  const query = new URLSearchParams({
    client_id: applicationId,
    scope: 'applications.commands',
    integration_type: '1',
  });
  return `https://discord.com/oauth2/authorize?${query}`;
}

/** Discord writes permissions as a decimal string. */
export function hasPermission(
  bits: string | undefined,
  name: keyof typeof PermissionFlagsBits,
): boolean {
  if (bits === undefined) return false;
  const has = BigInt(bits);
  return (has & (PermissionFlagsBits.Administrator | PermissionFlagsBits[name])) !== 0n;
}
