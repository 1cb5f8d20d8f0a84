"""How far one driver goes: simulated devices by the thousand, real short trials, a database far away."""
