"""Every tolerance of the geometry: what it is relative to, and why it has this size.

All is computed in float64, whose unit roundoff is 1.1e-16; a sum over a layer loses some digits more.
"""

# Rounding told from numbers: the network's own
NOISE = 1e-12  # of the largest number of a layer: behind a ReLU that is off, equal constants differ by less
ROUNDING = 1e-15  # of the input's scale: what is left where the numbers of a layer cancel
NOTHING = 1e-300  # absolute: stands for 0 in a divisor, far below the square of any rounding

# Where regions end
SAME_STEP = 1e-10  # of a step: crossings closer than this are one; a pool over ReLUs repeats their borders
RISING = 1e-6  # of a direction's length: so fast must every margin rise along a way into a region
RISING_WELL = 1e-3  # of a direction's length: margins that rise less turn it; above RISING, to end
DOUBT = 1e-9  # a probability: that a bound from random directions does not hold, over all margins together

# Linear programs and facets
SOLVED = 1e-10  # HiGHS's own, of rows of length 1: the least it takes; its default, 1e-7, is above DEPTH
DEPTH = 1e-8  # of the inscribed ball's radius: a half-space that cuts less deep is redundant; 100 SOLVED
SMALL_BALL = 1e-6  # absolute: a smaller ball counts as this one, so that DEPTH of it is not rounding
FLAT = 1e-9  # of the largest |c|: no ball in a region so thin can be told from none; ten times SOLVED
EDGE = 1e-9  # of a step: a ray that meets two facets within it goes through an edge and proves neither
SAME_NORMAL = 9  # decimals of rows of length 1: rows alike in them say the same; 1000 NOISE
SAME_OFFSET = 12  # decimals, of the largest |c|: of such rows the tightest counts, ties but for rounding
NO_INSIDE = 1e-12  # of the centre's size: a ball so small is rounding, and its polytope has no volume
SAME_CORNER = 1e-9  # of the polytope's size: corners closer than this are one; ten times SOLVED
BACK = 1e-3  # of a step beyond a facet: so much shorter may the way back be, which is rounding of the step

# Cells of a window, whose sides are 2
WIDTH = 1e-11  # of the window: thinner cells are not told apart; ten times NOISE
ON_LINE = 1e-9  # of the window: an end of a boundary lies so near the line that it was clipped by, 100 WIDTH
OUTSIDE = 1e-12  # of a segment: so far beyond an end a t may lie, and is moved there; rounding of a share
PARALLEL = 1e-7  # sine of an angle: of two multiples of one float32 direction it is up to 6e-8

# Decisions that change: what a counterfactual proves
EXCESS = 1e-9  # of the largest logit of x: by so much the new class wins, on the boundary rounding decides
VIOLATED = 1e-9  # of the largest margin of its gate: a margin below minus this is outside; 1000 NOISE
CERTAIN = 1e-6  # of a distance: no point of the region is nearer by more; what is promised as ``certified``

# Decisions that change: when the search for a nearer point ends
CLOSER = 1e-6  # of a distance: along the boundary a smaller gain is none, as CERTAIN cannot tell it either
SLIDE_GAIN = 2e-3  # of a distance: less than this in several steps along the boundary, and they end
REGION_GAIN = 1e-7  # of a distance: less is no reason to walk on into a further region; a tenth of CERTAIN
DRAW_GAIN = 1e-3  # of a distance: less is no reason to draw again, as random points find no more digits
ACROSS = 1e-7  # of a distance: so far beyond a facet a neighbour is looked up, not within rounding
SMALL_DISTANCE = 1e-9  # absolute: a smaller distance counts as this one, so that ACROSS of it is not rounding
BRACKET = 1e-3  # of a bracket: a root is looked for so far from its ends, where the secant may stick to one
SETTLED = 1e-9  # of a bound: a programme whose bound rises by less is solved; 1000 below CERTAIN
HELD = 1e-9  # of the largest multiplier: rows with less do not hold a point back
ROW = 1e-13  # of the largest offset, at least 1, rows of length 1: by so much a solution may violate a row
DAMPING = 1e-12  # of a Newton matrix, whose diagonal is at most 1: so that dependent rows can be solved
DESCENT = 1e-4  # of the slope: a step that gains less is halved (Armijo's rule, Nocedal and Wright 2006, 3.4)
