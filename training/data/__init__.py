"""From collections of recordings to training examples."""
