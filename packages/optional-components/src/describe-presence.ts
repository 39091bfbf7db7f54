import type { Presence } from "./component.js";

/** One line for people: `absent: <reason>; <remedy>`, or `<version> at <path>`. */
export function describePresence(presence: Presence): string {
  if (!presence.present) return `absent: ${presence.reason}; ${presence.remedy}`;
  return presence.path === undefined ? presence.version : `${presence.version} at ${presence.path}`;
}
