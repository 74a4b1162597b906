"""What each check says when the answer is right: one short line that never varies."""

PASSED = {
    "surface": "✓ Your f has the right values, and autograd can follow it.",
    "descent": "✓ Your path is right, step by step.",
    "unchanged": "✓ What you were given is as it was.",
    "sweep": "✓ Your gradient norms are right: same starts, every rate.",
    "end_point": "✓ The repaired descent ends where it should.",
    "descent_all": "✓ All starts arrive, together and where they should.",
    "gradient": "✓ Your gradient agrees with finite differences.",
    "largest_rate": "✓ Your largest learning rate agrees with the curvature.",
    "nearest": "✓ Every point found its nearest minimum.",
    "settled": "✓ The descent has come to rest.",
}
