import { answerMs, runProcess, whyItFailed } from "./run-process.js";

/** Reads the version where torch has it: importing torch takes seconds. A folder named torch in the current one is none. */
const question = `
import importlib.util, os, runpy, sys
if sys.version_info < (3, 9):
    sys.exit("it is Python %d.%d; 3.9 or newer was expected" % sys.version_info[:2])
sys.path = [path for path in sys.path if path]
torch = importlib.util.find_spec("torch")
if torch is None or torch.origin is None:
    sys.exit("it has no torch")
print(runpy.run_path(os.path.join(os.path.dirname(torch.origin), "version.py"))["__version__"])
`;

/** The version of the torch that a Python has, as torch itself says; or why there is none. */
export async function askTorch(python: string): Promise<{ version: string } | { failure: string }> {
  const answer = await runProcess(python, ["-c", question], { timeoutMs: answerMs });
  const version = answer.code === 0 ? /^\d+\.\d+\S*$/m.exec(answer.stdout)?.[0] : undefined;
  return version === undefined ? { failure: whyItFailed(answer) } : { version };
}
