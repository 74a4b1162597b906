"""The last rung's kernels in Triton: a point stays in registers for all its steps.

Sine and cosine of one angle cost little more than one of them. And from those of x/2 follow those of x,
sin x = 2 sin(x/2) cos(x/2) and cos x = 1 − 2 sin²(x/2), so that a step needs two pairs where the formula has four.
Only `gradlab.ladder.compiled` imports this module, which imports Triton.
"""

import triton
import triton.language as tl

# π/2 as a float32 and what that leaves out, so that an angle keeps its digits when multiples of it are taken off.
_HALF_PI = tl.constexpr(1.5707963705062866)
_REST = tl.constexpr(-4.371138828673793e-08)
_TWO_OVER_PI = tl.constexpr(0.6366197723675814)
# 1.5 · 2²³: a float32 of this size has no digits after the point, so that adding it rounds.
_ROUND = tl.constexpr(12582912.0)
# Least largest errors on [−π/4, π/4], by Lawson's weighted least squares: 4e-9 relative for the sine, 1e-10 for the
# cosine.
_SINE_3 = tl.constexpr(-0.16666655242443085)
_SINE_5 = tl.constexpr(0.00833216030150652)
_SINE_7 = tl.constexpr(-0.00019515282474458218)
_COSINE_4 = tl.constexpr(0.04166664555668831)
_COSINE_6 = tl.constexpr(-0.001388736767694354)
_COSINE_8 = tl.constexpr(2.4438451873720624e-05)


@triton.jit
def sine_and_cosine(angle):
    """Both, in float32, for angles of at most some thousands."""
    shifted = tl.fma(angle, tl.full(angle.shape, _TWO_OVER_PI, tl.float32), tl.full(angle.shape, _ROUND, tl.float32))
    turns = shifted - _ROUND
    quadrant = shifted.to(tl.int32, bitcast=True)
    rest = tl.fma(turns, tl.full(angle.shape, -_HALF_PI, tl.float32), angle)
    rest = tl.fma(turns, tl.full(angle.shape, -_REST, tl.float32), rest)
    square = rest * rest
    sine = rest + rest * square * (_SINE_3 + square * (_SINE_5 + square * _SINE_7))
    cosine = 1.0 - 0.5 * square + square * square * (_COSINE_4 + square * (_COSINE_6 + square * _COSINE_8))
    odd = (quadrant & 1) == 1
    first = tl.where(odd, cosine, sine)
    second = tl.where(odd, sine, cosine)
    # In every second half turn a sine is negative: its sign is the quadrant's second bit.
    first = (first.to(tl.int32, bitcast=True) ^ ((quadrant & 2) << 30)).to(tl.float32, bitcast=True)
    second = (second.to(tl.int32, bitcast=True) ^ (((quadrant + 1) & 2) << 30)).to(tl.float32, bitcast=True)
    return first, second


@triton.jit
def descend(points, count, rate, steps, BLOCK: tl.constexpr):
    """Move points (count, 2), float32, in place."""
    here = tl.program_id(0).to(tl.int64) * BLOCK + tl.arange(0, BLOCK)
    inside = here < count
    # Halves: to halve and to double a float is exact.
    first = 0.5 * tl.load(points + 2 * here, mask=inside, other=0.0)
    second = 0.5 * tl.load(points + 2 * here + 1, mask=inside, other=0.0)
    half_rate = 0.5 * rate
    for _ in range(steps):
        sine_1, cosine_1 = sine_and_cosine(first)
        sine_2, cosine_2 = sine_and_cosine(second)
        both_cosines = cosine_1 * cosine_2
        along_first = (1.0 - 2.0 * sine_1 * sine_1) * (1.0 - 2.0 * sine_2 * sine_2) + 0.5 * both_cosines
        along_second = sine_1 * sine_2 * (4.0 * both_cosines + 0.5)  # its negative: that saves a change of sign
        first -= half_rate * along_first
        second += half_rate * along_second
    tl.store(points + 2 * here, 2.0 * first, mask=inside)
    tl.store(points + 2 * here + 1, 2.0 * second, mask=inside)


@triton.jit
def only_sines_and_cosines(points, count, steps, BLOCK: tl.constexpr, OWN: tl.constexpr):
    """Compute a pair of sine and cosine in each step and nothing else: the device's limit for them."""
    here = tl.program_id(0).to(tl.int64) * BLOCK + tl.arange(0, BLOCK)
    inside = here < count
    angle = tl.load(points + here, mask=inside, other=0.0)
    for _ in range(steps):
        if OWN:
            sine, cosine = sine_and_cosine(angle)
        else:
            sine, cosine = tl.sin(angle), tl.cos(angle)
        # The next angle needs both, so that no compiler can leave one out.
        angle = sine + 4.0 * cosine
    tl.store(points + here, angle, mask=inside)
