"""What a sound resembles that is none of the model's labels: a second head on the network's features, for a hint."""
