"""What a stored network can be asked: the functions by name, as the app does not import torch.

``Engine.ask`` takes one; each is described where it stands. All but the first take a run's network
to pieces.
"""

PREDICT = "playground.training.predict:predict"
OUTPUTS = "playground.training.inside.layers:outputs"
CHANNEL = "playground.training.inside.channel:channel"
EXPLAIN = "playground.training.attribution:explain"
PRINCIPAL_COMPONENTS = "playground.training.inside.image_map:principal_components"
NEIGHBOURS = "playground.training.inside.image_map:neighbours"
EDITED = "playground.training.inside.by_hand:edited"
WITH_DISTURBED = "playground.training.inside.robustness:with_disturbed"
WITHOUT_UNITS = "playground.training.inside.robustness:without_units"
WITH_ROUNDED = "playground.training.inside.robustness:with_rounded"
UNITS = "playground.training.inside.units:units"
HISTORY = "playground.training.inside.weights:history"
