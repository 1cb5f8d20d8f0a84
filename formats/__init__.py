"""What both packages share: reading YAML strictly, saying what is wrong with it, replacing files safely."""
