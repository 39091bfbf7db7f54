import { fileURLToPath } from "node:url";
import { type Implementation, sanityLimit } from "@batchnorm/timing";
import { onThreads } from "./description.js";
import { helperImplementation } from "./helper-implementation.js";

/** How PyTorch is run. */
export interface PytorchOptions {
  /** 1 by default */
  readonly threads?: number;
  /**
   * What becomes of freed memory. "default": glibc gives large blocks back to the system, so that every large result
   * costs page faults. "retained": it is told by environment variables to use them again, as PyTorch's users do against
   * that. Other C libraries do not know these variables.
   */
  readonly memory?: "default" | "retained";
}

const retained = { MALLOC_MMAP_MAX_: "0", MALLOC_TRIM_THRESHOLD_: "4000000000" };

/**
 * PyTorch on the CPU, eager, in a process of its own.
 *
 * @param python a Python with torch, as the component `pytorch` finds it
 * @throws HelperFailure where it does not start, Unsupported where there are fewer cores than threads
 */
export function pytorchImplementation(
  python: string,
  { threads = 1, memory = "default" }: PytorchOptions = {},
): Promise<Implementation> {
  const variant = memory === "retained" ? " malloc retained" : "";
  const environment = Object.entries(retained).map(([name, value]) => `${name}=${value}`);
  return helperImplementation({
    name: onThreads(`pytorch${variant}`, threads),
    kind: "peer",
    about: `PyTorch's eager torch.nn.BatchNorm1d, 2d, 3d on the CPU, torch.relu after it where there is ReLU, channels last as torch.channels_last; ${
      memory === "retained"
        ? `malloc retains freed memory (${environment.join(" ")})`
        : "the C library's usual handling of memory"
    }`,
    threads,
    command: {
      file: python,
      args: [fileURLToPath(new URL("../../src/implementations/pytorch.py", import.meta.url))],
      env: memory === "retained" ? retained : {},
    },
    limit: () => sanityLimit,
    tensorsHeld: 8,
  });
}
