// Where the browser refuses memory of more than some pages of 64 KiB: the backend that there is then. Logs JSON.
import { createWasmBackend } from "@batchnorm/backend-wasm";
import { BatchNorm1d } from "@batchnorm/layers";

const { Memory } = WebAssembly;
const answers = {};
for (const [name, most] of [
  ["1 GiB", 16384],
  ["none", 0],
]) {
  WebAssembly.Memory = class extends Memory {
    constructor(limits) {
      if (limits.maximum > most) throw new RangeError("could not allocate memory");
      super(limits);
    }
  };
  answers[name] = await work().catch(({ code, message }) => ({ code, message }));
}
console.log(JSON.stringify(answers));

async function work() {
  const backend = await createWasmBackend();
  const x = backend.tensor([1, 3], [2, 1]);
  const y = await new BatchNorm1d(backend, 1, { eps: 1e-12 }).forward(x).data();
  backend.close();
  return [...y];
}
