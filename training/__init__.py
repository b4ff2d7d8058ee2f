"""From recordings to calibrated weights on the Hugging Face Hub."""
