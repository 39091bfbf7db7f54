import { readFileSync, writeFileSync } from "node:fs";
import { dirname, posix, relative, sep } from "node:path";
import { repositoryRoot } from "./repository.mjs";

/**
 * A README whose relative links, which lead nowhere in a package, lead to the repository.
 *
 * @param {string} text
 * @param {string} folder the README's, in the repository, with slashes
 * @param {string} repository its address
 */
export function absoluteLinks(text, folder, repository) {
  return text.replace(/\]\((?![a-z]+:|#)([^)\s]+)\)/g, (_, link) => {
    const path = posix.normalize(posix.join(folder, link));
    return `](${repository}/blob/HEAD/${path})`;
  });
}

/**
 * Has an action find READMEs with absolute links, and puts back what was there.
 *
 * @template T
 * @param {readonly string[]} readmes
 * @param {string} repository
 * @param {() => Promise<T>} action
 * @returns {Promise<T>}
 */
export async function withAbsoluteLinks(readmes, repository, action) {
  const before = readmes.map((path) => ({ path, text: readFileSync(path, "utf8") }));
  try {
    for (const { path, text } of before) {
      const folder = relative(repositoryRoot, dirname(path)).split(sep).join("/");
      writeFileSync(path, absoluteLinks(text, folder, repository));
    }
    return await action();
  } finally {
    for (const { path, text } of before) writeFileSync(path, text);
  }
}
