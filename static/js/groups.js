/** @import { Caller, Way } from "./types.js" */

/** How callers and ways are grouped; one that is not named here is in the last group. */
export const CALLER_GROUPS = [
  ["Views", ["sync-view", "async-view", "streaming-view"]],
  ["Views that hand the work on", ["async-view-task", "async-view-to-thread", "async-view-gather", "sync-view-thread", "sync-view-on-commit"]],
  ["Views under middleware", ["async-middleware-sync-view", "sync-middleware-async-view"]],
  ["Channels consumers", ["async-consumer", "sync-consumer"]],
  ["Outside of requests", []],
];
export const WAY_GROUPS = [
  ["Save, create, delete", ["save", "create", "delete"]],
  ["Through a thread", ["sync_to_async", "sync_to_async_insensitive", "database_sync_to_async"]],
  ["The async ORM", ["asave", "acreate", "adelete"]],
  ["Many to many", ["m2m_add", "m2m_aadd"]],
  ["Send a signal oneself", ["send", "asend", "send_robust", "asend_robust"]],
  ["No signal at all", []],
];

/**
 * The groups that have members, each with them.
 * @template {Caller | Way} T
 * @param {T[]} items @param {(string | string[])[][]} groups
 * @returns {{label: string, members: T[]}[]}
 */
export function inGroups(items, groups) {
  const named = new Set(groups.flatMap(([, slugs]) => slugs));
  return groups
    .map(([label, slugs], at) => {
      const last = at === groups.length - 1;
      return { label: String(label), members: items.filter(({ slug }) => slugs.includes(slug) || (last && !named.has(slug))) };
    })
    .filter(({ members }) => members.length > 0);
}
