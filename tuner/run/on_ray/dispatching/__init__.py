"""Which worker runs which trial: the trials of one study or of many, for the devices of a cluster."""
