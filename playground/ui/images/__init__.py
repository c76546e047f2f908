"""Images on the page: samples, galleries of predictions, and a picture of the visitor's own."""
