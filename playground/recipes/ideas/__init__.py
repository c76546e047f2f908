"""What the articles explain, computed small: the numbers behind the pictures of the Ideas page.

Plain NumPy, so that the app's process can draw them without torch; tests hold each rule, function
and normalisation against torch's own.
"""
