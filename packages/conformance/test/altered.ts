import { type CpuBackend, type CpuTensor, createCpuBackend } from "@batchnorm/backend-cpu";
import type { Backend } from "@batchnorm/core";

/** The cpu backend with some operations replaced. */
export function altered(replace: (right: CpuBackend) => Partial<Backend<CpuTensor>>): Backend<CpuTensor> {
  const right = createCpuBackend();
  const changed = replace(right) as Record<string | symbol, unknown>;
  return new Proxy(right, {
    get(target, name) {
      const member = changed[name] ?? (Reflect.get(target, name, target) as unknown);
      return typeof member === "function" && !(name in changed) ? member.bind(target) : member;
    },
  });
}
