"""Tests of the front end and the network in ONNX Runtime."""
