import { words } from "../../packages/backend-wasm/test/helpers/shared-words.js";

/** Where threads share their words in the memory of the wasm backend, as a file of a project. */
export const wordsFile = { "words.mjs": `export const words = ${JSON.stringify(words)};` };
