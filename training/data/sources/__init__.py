"""Where clips come from: each module reads one kind of collection and returns a list of `Clip`."""
