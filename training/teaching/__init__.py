"""What `training.teach` is made of: a folder of recordings, embeddings, a head, and a model folder."""
