/**
 * What a helper thread runs, as text: no file has to be found next to this one, wherever a bundler puts it. It takes part
 * in operations until it is told to end, see assembly/team.ts.
 */
export const helperSource = `
const { parentPort, workerData: { module, memory } } = require("node:worker_threads");
const kernels = new WebAssembly.Instance(module, { env: { memory }, host: { now: () => performance.now() } }).exports;
parentPort.postMessage("ready");
kernels.help();
`;
