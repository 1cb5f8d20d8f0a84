"""Images and labels: datasets, splits, labelling, views, batches."""
