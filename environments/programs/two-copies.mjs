// A tensor of a backend on one copy of core, given to a layer on another. Logs JSON.
import { createCpuBackend } from "@batchnorm/backend-cpu";
import { BatchNorm1d } from "@batchnorm/layers";
import { createCpuBackend as createOther } from "./copy/index.mjs";

const bn = new BatchNorm1d(createCpuBackend(), 1);
const x = createOther().tensor([1, 3], [2, 1]);
try {
  bn.forward(x);
} catch ({ code, message }) {
  console.log(JSON.stringify({ code, message }));
}
