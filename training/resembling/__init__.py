"""What `training.resemblance` is made of: the classes of the second head, its rows, and how often it is right."""
