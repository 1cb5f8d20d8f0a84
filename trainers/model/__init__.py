"""A trained model as a folder that needs nothing else: written from a training, read by whoever embeds."""
