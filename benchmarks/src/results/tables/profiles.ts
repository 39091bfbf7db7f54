import { enginesProfile, sizesProfile, threadsProfile } from "../../running/profile.js";

/** The tables that are made of the results of one profile only. */
const tablesOf: Readonly<Record<string, readonly string[]>> = {
  [enginesProfile.name]: ["engines", "engines in short"],
  [threadsProfile.name]: ["threads", "threads in short"],
  [sizesProfile.name]: ["sizes"],
};

export const profilesWithTables: readonly string[] = Object.keys(tablesOf);

/** The profile whose results a table is made of; null: any other. */
export function profileOf(block: string): string | null {
  return profilesWithTables.find((profile) => tablesOf[profile]?.includes(block)) ?? null;
}
