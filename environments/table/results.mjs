// What tests find of backends in environments. It is kept where turbo caches it, for npm run environments.
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { cellOf, readTable } from "./document.mjs";

/**
 * @typedef {object} Result
 * @property {string} environment as the table names it: an engine with its major version, a browser, a bundler
 * @property {string} version the whole version
 * @property {string} backend
 * @property {string} outcome "passed", or in a few words why not
 * @property {number} [threads] how many computed, where the backend tells
 * @property {number} [passed] how many checks of the suite, where it was judged
 * @property {string} [digest] of the bits of its results, where they are compared
 */

const folder = new URL("../reports/results/", import.meta.url);

/**
 * Keeps what was found.
 *
 * @param {readonly Result[]} found
 * @throws Error where docs/environments.md says otherwise
 */
export function record(found) {
  mkdirSync(folder, { recursive: true });
  const { rows } = readTable();
  const differences = found.flatMap((result) => {
    const { environment, backend } = result;
    const name = `${environment} ${backend}`.toLowerCase().replaceAll(/[^a-z0-9]+/g, "-");
    writeFileSync(new URL(`${name}.json`, folder), `${JSON.stringify(result, null, 2)}\n`);
    const [said, is] = [rows.get(environment)?.get(backend), cellOf(result)];
    return said === is ? [] : [`${backend} in ${environment}: ${said ? `"${said}"` : "nothing"} instead of "${is}"`];
  });
  if (differences.length === 0) return;
  throw new Error(
    `docs/environments.md says of ${differences.join(", of ")}; npm run environments -- --write mends it`,
  );
}

/** @returns {Result[]} what the last tests have found, by the names of environments */
export function results() {
  mkdirSync(folder, { recursive: true });
  const names = readdirSync(folder).sort();
  return names.map((name) => JSON.parse(readFileSync(new URL(name, folder), "utf8")));
}
