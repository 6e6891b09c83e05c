"""What long work tells its ``progress`` callback; whatever the callback raises ends the work."""

from collections.abc import Callable

OnCount = Callable[[int, int], object]  # how much is done, of how much
OnShare = Callable[[float], object]  # the share that is done
OnRegions = Callable[[int, float], object]  # how many regions are found, the share that they cover
OnDistance = Callable[[float], object]  # how near the nearest point is so far
