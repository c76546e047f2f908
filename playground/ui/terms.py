"""What the field's words mean, in a sentence or two, for the help beside what bears them."""

LOSS = (
    "The cross-entropy: how little probability the right class was given, as minus its natural "
    "logarithm, averaged over the images (its unit is the nat). 0 is sure and right everywhere; "
    "who guesses among ten classes comes to 2.3."
)
RECALL = "Recall: of the images of this class, how many the network called so."
PRECISION = "Precision: of the images that the network called so, how many are of this class."
F1 = "F1: precision and recall in one number, their harmonic mean; it is high if both are."
