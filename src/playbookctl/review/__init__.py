"""Pull-request review: the base's side and the head's side of a repository in, a Review out. Pure."""
