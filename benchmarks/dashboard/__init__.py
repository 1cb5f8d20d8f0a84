"""The dashboard at size: how long its visitors wait, and what they cost a launch beside them."""
