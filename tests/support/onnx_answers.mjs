// What onnx/model.onnx answers in JavaScript, as in a page that needs no server.
//   node onnx_answers.mjs MODEL.onnx SAMPLES WAVEFORMS     WAVEFORMS: windows of SAMPLES 32-bit floats, one after another
import { readFile } from "node:fs/promises";
import * as ort from "onnxruntime-web";

const [model, samples, waveforms] = process.argv.slice(2);
ort.env.wasm.numThreads = 1;
const session = await ort.InferenceSession.create(new Uint8Array(await readFile(model)));
const values = new Float32Array(new Uint8Array(await readFile(waveforms)).buffer);
const waveform = new ort.Tensor("float32", values, [values.length / Number(samples), Number(samples)]);
const { probabilities } = await session.run({ waveform });
console.log(JSON.stringify({ shape: probabilities.dims, values: Array.from(probabilities.data) }));
