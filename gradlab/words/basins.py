"""Every word of the basin map: the one file to replace in a translation."""

TITLE = "η = {rate:g}: where every start comes to rest"
TITLE_ABOVE = "η = {rate:g}: in which valley every start is after {steps} steps"
SHARE = "{number} at ({first:.2f}, {second:.2f}): {share:.1f} %"
CALM = (
    "Map of {n} × {n} starts over the square from 0 to 10, learning rate {rate:g}. Each is coloured by the minimum in "
    "which its descent comes to rest, the darker the more steps it took, {slowest} at most. The basins are rectangles "
    "that stand on a corner. Numbers stand on the minima. Shares: {shares}."
)
WILD = (
    "Map of {n} × {n} starts over the square from 0 to 10, learning rate {rate:g}, too large to come to rest in the "
    "deepest valley. Each is coloured by the valley in which it is after {steps} steps, the darker the later "
    "it crossed its last ridge. The basins are broken up into bands of all widths that cross like a tartan. "
    "Shares: {shares}."
)

PROGRAM = "Draw the basin map of lab 06 into a PNG file."
N = "starts along each side (default {default})"
RATES = "learning rates, one map for each (default {default})"
STEPS = "the most steps of a descent, one number for each rate or one for all (default {default})"
DEVICE = "cpu or cuda (default {default})"
PIXELS = "about so many pixels for each map's side (default {default})"
FILE = "the file to write"
WRITTEN = "{file}: {size} kB, computed on {device} in {seconds:.1f} s"
STEPS_FOR_RATES = "give one number of steps, or one for each rate"
