// What a page may have: the wasm backend or why there is none, and what is chosen instead. Logs JSON.
import { createWasmBackend } from "@batchnorm/backend-wasm";
import { createBackend } from "batchnorm";

const { name, choice } = await createBackend();
const wasm = await createWasmBackend().then(
  ({ capabilities: { threads, whyOneThread } }) => ({ threads, whyOneThread }),
  ({ code, message }) => ({ code, message }),
);
console.log(JSON.stringify({ wasm, chosen: { name, why: choice.why } }));
