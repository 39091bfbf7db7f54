import { type CpuBackend, createCpuBackend } from "@batchnorm/backend-cpu";

const rows = Array.from({ length: 100 }, () => ({ sum: 0 }));

/** A backend whose author did not think of more than a hundred rows. */
export function createMyBackend(): CpuBackend {
  const backend = createCpuBackend();
  const moments = backend.moments.bind(backend);
  return Object.assign(backend, {
    moments(batch: Parameters<typeof moments>[0]) {
      for (let r = 0; r < batch.view.outer; r++) sumRow(r);
      return moments(batch);
    },
  });
}

function sumRow(r: number): void {
  (rows[r] as { sum: number }).sum = 0;
}
