"""Models from the Hugging Face Hub: how they are downloaded, and what can go wrong on the way."""
