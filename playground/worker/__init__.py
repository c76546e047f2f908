"""What runs in the processes that train; the app calls it through the cluster."""
