import { mergeConfig } from "vitest/config";
import { packageTests } from "../vitest.shared.js";

// its files wait for the processes of others more than they compute
export default mergeConfig(packageTests(null), { test: { maxWorkers: 2 } });
