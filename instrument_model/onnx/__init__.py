"""How predictions are computed on a CPU: the front end in numpy, the network in ONNX Runtime."""
