"""What networks are trained on: data sets, and pictures of one's own made like theirs."""
