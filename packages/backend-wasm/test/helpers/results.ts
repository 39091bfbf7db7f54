import type { Activation, FloatArray } from "@batchnorm/core";
import { type Batch, everything, upload } from "@batchnorm/testing/batch";
import { expect } from "vitest";
import type { WasmBackend } from "../../src/node.js";

/** Copies of what every operation makes of a batch. All that it takes is given back. */
export async function resultsOf(backend: WasmBackend, batch: Batch, activation: Activation = null) {
  const { pass, dy } = upload(backend, batch, activation);
  const { x, weight, bias } = pass;
  const { channels } = batch.view;
  const statistics = {
    mean: backend.state(batch.beta, [channels]),
    variance: backend.state(batch.gamma.map(Math.abs), [channels]),
  };
  const { y, moments } = backend.train(pass, null);
  const ofTraining = backend.backward(pass, moments, dy, everything);
  const inferred = backend.apply(pass, statistics, null);
  const ofInference = backend.backward(pass, statistics, dy, everything);
  const alone = backend.moments(pass);
  const normalized = backend.apply(pass, moments, null);
  const sums = backend.gradientSums(pass, moments, dy);
  const ofPieces = backend.backward(pass, moments, dy, { ...everything, sums });
  const retained = backend.retain(x);
  const results: Record<string, FloatArray> = {
    "moments of train": await moments.export(),
    moments: await alone.export(),
    "gradient sums": await sums.export(),
  };
  backend.move(statistics, moments, 0.1, 1);
  const tensors = { y, inferred, normalized, ...statistics };
  const gradients = { "of training": ofTraining, "of inference": ofInference, "of pieces": ofPieces };
  for (const [name, tensor] of Object.entries(tensors)) results[name] = await tensor.data();
  for (const [name, made] of Object.entries(gradients)) {
    for (const [which, tensor] of Object.entries(made)) {
      results[`${which} ${name}`] = (await tensor?.data()) ?? new Float32Array(0);
      tensor?.dispose();
    }
  }
  for (const held of [x, dy, weight, bias, retained, moments, alone, sums, ...Object.values(tensors)]) held.dispose();
  return results;
}

/** Equal in every bit. */
export function expectSameBits(results: Record<string, FloatArray>, as: Record<string, FloatArray>): void {
  expect(Object.keys(results)).toEqual(Object.keys(as));
  const different = Object.keys(as).filter((name) => !bytes(results[name]).equals(bytes(as[name])));
  expect(different).toEqual([]);
}

/** The bytes of floats: equal only where every bit is, the sign of zero included. */
export function bytes(values: FloatArray = new Float32Array(0)): Buffer {
  return Buffer.from(values.buffer, values.byteOffset, values.byteLength);
}
