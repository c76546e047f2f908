"""Runs and sweeps sent to where others keep theirs: TensorBoard's files, MLflow."""
