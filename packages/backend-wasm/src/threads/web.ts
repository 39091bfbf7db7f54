import type { Helper, Place, Shared } from "./place.js";

/** What a helper runs, as text: no file has to be found next to this one, wherever a bundler puts it. */
const source = `
onmessage = ({ data: { module, memory } }) => {
  const env = { memory };
  const kernels = new WebAssembly.Instance(module, { env, host: { now: () => performance.now() } }).exports;
  postMessage("ready");
  kernels.help();
  postMessage("ended");
  close();
};
`;

const isolation =
  "serve the page with the headers Cross-Origin-Opener-Policy: same-origin and Cross-Origin-Embedder-Policy: require-corp";

/** Web workers: of a page, or of a worker that has some of its own. */
export const web: Place = {
  parallelism: () => globalThis.navigator?.hardwareConcurrency ?? 1,
  whyOneThread() {
    if (typeof Worker === "undefined") return "there are no workers here; make the backend where new Worker() works";
    const { crossOriginIsolated } = globalThis;
    if (typeof SharedArrayBuffer !== "undefined" && crossOriginIsolated !== false) return undefined;
    if (crossOriginIsolated) return "this browser has no SharedArrayBuffer, so that its workers cannot share memory";
    return `the page is not cross-origin isolated, so that its workers cannot share memory; ${isolation}`;
  },
  startHelper,
};

const refusal = "the browser refused it; a content security policy must have worker-src blob:";

function startHelper(shared: Shared): Helper {
  const url = URL.createObjectURL(new Blob([source], { type: "text/javascript" }));
  const worker = workerOf(url);
  let end = () => {};
  const ended = new Promise<void>((resolve) => {
    end = resolve;
  });
  const ready = new Promise<void>((resolve, reject) => {
    worker.onmessage = ({ data }) => {
      if (data === "ready") resolve();
      else end();
    };
    worker.onerror = (event) => {
      event.preventDefault();
      reject(new Error(event.message || refusal)); // a policy that forbids the worker gives no message
      end();
    };
    worker.onmessageerror = () => reject(new Error("the browser refused to share the memory with it"));
    worker.postMessage(shared); // where it throws, so does `ready`: whoever starts helpers ends those that fail
  }).finally(() => URL.revokeObjectURL(url));
  return { ready, ended, terminate: () => worker.terminate() };
}

/** Where a policy forbids the worker, WebKit throws at once, in words that name no policy. */
function workerOf(url: string): Worker {
  try {
    return new Worker(url, { name: "batchnorm" });
  } catch (error) {
    URL.revokeObjectURL(url);
    throw error instanceof Error && error.name === "SecurityError" ? new Error(refusal) : error;
  }
}
