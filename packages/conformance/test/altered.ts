import { type CpuBackend, type CpuTensor, createCpuBackend } from "@batchnorm/backend-cpu";
import type { Backend } from "@batchnorm/core";

export type Changes = Partial<CpuBackend>;
type CpuMoments = ReturnType<CpuBackend["moments"]>;

/** The cpu backend with some operations replaced. */
export function altered(replace: (right: CpuBackend) => Changes): Backend<CpuTensor> {
  const right = createCpuBackend();
  const changed = replace(right) as Record<string | symbol, unknown>;
  return new Proxy(right, {
    get(target, name) {
      const member = changed[name] ?? (Reflect.get(target, name, target) as unknown);
      return typeof member === "function" && !(name in changed) ? member.bind(target) : member;
    },
  });
}

/** Moments that export something else than they are. */
export function exportedAs(moments: CpuMoments, changed: (values: Float64Array) => Float64Array): CpuMoments {
  const right = moments.export.bind(moments);
  return Object.assign(moments, { export: async () => changed(await right()) });
}
