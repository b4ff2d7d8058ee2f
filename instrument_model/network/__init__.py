"""The network in PyTorch, to train and for a GPU; no other part of the library imports it."""
