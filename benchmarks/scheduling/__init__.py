"""How busy the devices of a study are kept, by us and by stock Ray Tune, with trials that only sleep."""
