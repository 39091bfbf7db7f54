// Judges the cpu and the wasm backend in engines that take commands and in pages. Logs JSON.
import { createCpuBackend } from "@batchnorm/backend-cpu";
import { createWasmBackend } from "@batchnorm/backend-wasm";
import { digits } from "./digits.mjs";
import { judge } from "./judge.mjs";

const wasm = await createWasmBackend({ threads: 2 });
console.log(JSON.stringify({ cpu: await judge(createCpuBackend(), digits), wasm: await judge(wasm, digits) }));
wasm.close();
