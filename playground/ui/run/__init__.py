"""One run on the page: asked for, watched as it trains, picked, and loaded to be looked at."""
