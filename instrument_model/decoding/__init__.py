"""Whatever a recording is stored as becomes float samples: files of every kind, arrays of every kind."""
