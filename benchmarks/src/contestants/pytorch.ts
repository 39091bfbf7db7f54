import { fileURLToPath } from "node:url";
import { type Contestant, sanityLimit } from "./contestant.js";
import { helperContestant } from "./helper-contestant.js";

/** How PyTorch is run. */
export interface PytorchOptions {
  /** 1 by default */
  readonly threads?: number;
  /**
   * What becomes of freed memory. "default": glibc gives large blocks back to the system, so that every large result
   * costs page faults. "kept": it is told by environment variables to use them again, as PyTorch's users do against
   * that. Other C libraries do not know these variables.
   */
  readonly memory?: "default" | "kept";
}

const kept = { MALLOC_MMAP_MAX_: "0", MALLOC_TRIM_THRESHOLD_: "4000000000" };

/**
 * PyTorch on the CPU, eager, in a process of its own.
 *
 * @param python a Python with torch, as the component `pytorch` finds it
 * @throws HelperFailure where it does not start, Unsupported where there are fewer cores than threads
 */
export function pytorchContestant(
  python: string,
  { threads = 1, memory = "default" }: PytorchOptions = {},
): Promise<Contestant> {
  const variant = memory === "kept" ? " kept" : "";
  const environment = Object.entries(kept).map(([name, value]) => `${name}=${value}`);
  return helperContestant({
    name: `pytorch${variant}${threads > 1 ? ` ${threads} threads` : ""}`,
    kind: "peer",
    about: `PyTorch's eager torch.nn.BatchNorm1d, 2d, 3d on the CPU, torch.relu after it where there is ReLU, channels last as torch.channels_last; ${
      memory === "kept" ? `freed memory is kept (${environment.join(" ")})` : "the C library's usual handling of memory"
    }`,
    threads,
    command: {
      file: python,
      args: [fileURLToPath(new URL("../../src/contestants/pytorch.py", import.meta.url))],
      env: memory === "kept" ? kept : {},
    },
    limit: () => sanityLimit,
    tensorsHeld: 8,
  });
}
