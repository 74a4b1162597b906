"""Images: uint8 arrays, PIL images from a file that comes with the lab, convolution, histograms, thresholds, labels."""

# %% free
#! %matplotlib inline
import numpy as np
import matplotlib.pyplot as plt
from PIL import Image, ImageDraw
from scipy import ndimage

# %% lesson picture
def checkerboard(n=8, size=4):
    """A black and white checkerboard."""
    return np.kron(np.indices((n, n)).sum(axis=0) % 2, np.ones((size, size))).astype(np.uint8) * 255

img = checkerboard()
Image.fromarray(img).save("board.png")
def show(*images):
    fig, axs = plt.subplots(1, len(images), squeeze=False)
    for ax, im in zip(axs.flat, images):
        ax.imshow(im, cmap="gray")
        ax.axis("off")
    plt.show()
show(img, 255 - img)

# %% answer invert
def invert(image):
    """Return the negative of an 8-bit image."""
    return 255 - image

inverted = invert(img)

# %% wrong
def invert(image):
    return -image.astype(float)

inverted = invert(img)

# %% subtle
def invert(image):
    image[:] = 255 - image
    return image

inverted = invert(img)

# %% other
def invert(image):
    return np.bitwise_not(image)

inverted = np.invert(img)

# %% another
invert = lambda image: np.array([[255 - int(p) for p in row] for row in image], dtype="uint8")
inverted = invert(img)

# %% test invert 2
tiny = np.array([[0, 10], [200, 255]], dtype=np.uint8)
kept = tiny.copy()
out = invert(tiny)
assert out.dtype == np.uint8, "keep the type of the image"
np.testing.assert_array_equal(out, [[255, 245], [55, 0]])
np.testing.assert_array_equal(tiny, kept, err_msg="do not change the argument")
assert np.array_equal(inverted, 255 - checkerboard())
assert np.array_equal(img, checkerboard())

# %% answer gray
def to_gray(pil_image):
    """Turn an RGB Image into an array of floats in [0, 1]."""
    rgb = np.asarray(pil_image.convert("RGB"), dtype=float) / 255
    return rgb @ [0.299, 0.587, 0.114]

# %% wrong
def to_gray(pil_image):
    return np.asarray(pil_image)

# %% subtle
def to_gray(pil_image):
    return np.asarray(pil_image.convert("L"))

# %% other
def to_gray(pil_image):
    w, h = pil_image.size
    out = np.empty((h, w))
    for y in range(h):
        for x in range(w):
            r, g, b = pil_image.getpixel((x, y))[:3]
            out[y, x] = (0.299 * r + 0.587 * g + 0.114 * b) / 255
    return out

# %% test gray 3
red = Image.new("RGB", (4, 3), (255, 0, 0))
g = to_gray(red)
assert g.shape == (3, 4)
assert g.min() >= 0 and g.max() <= 1
np.testing.assert_allclose(g, 0.299)
draw = ImageDraw.Draw(red)
draw.rectangle([0, 0, 1, 1], fill="white")
assert np.isclose(to_gray(red)[0, 0], 1) and np.isclose(to_gray(red)[2, 3], 0.299)

# %% answer conv
def convolve(image, kernel):
    """'same' convolution with zero padding."""
    kernel = np.flip(np.asarray(kernel, dtype=float))
    kh, kw = kernel.shape
    padded = np.pad(image.astype(float), ((kh // 2,), (kw // 2,)))
    windows = np.lib.stride_tricks.sliding_window_view(padded, kernel.shape)
    return np.einsum("ijkl,kl->ij", windows, kernel)

# %% wrong
def convolve(image, kernel):
    return image * kernel.sum()

# %% subtle
def convolve(image, kernel):
    return ndimage.correlate(image.astype(float), kernel, mode="constant")

# %% other
def convolve(image, kernel):
    return ndimage.convolve(image.astype(float), kernel, mode="constant", cval=0.0)

# %% another
from scipy.signal import convolve2d
def convolve(image, kernel):
    return convolve2d(image, kernel, mode="same")

# %% test conv 3
sobel = np.array([[1, 0, -1], [2, 0, -2], [1, 0, -1]])
rng = np.random.default_rng(0)
for shape in [(5, 5), (6, 9)]:
    image = rng.random(shape)
    np.testing.assert_allclose(convolve(image, sobel), ndimage.convolve(image, sobel, mode="constant"), atol=1e-12)
blurred = convolve(img, np.ones((3, 3)) / 9)
assert blurred.shape == img.shape and abs(blurred[8, 8] - img[7:10, 7:10].mean()) < 1e-9

# %% answer histogram
def histogram(image):
    """A dict of grey value -> number of pixels."""
    values, counts = np.unique(image, return_counts=True)
    return dict(zip(values.tolist(), counts.tolist()))

# %% wrong
def histogram(image):
    return plt.hist(image.ravel())

# %% subtle
def histogram(image):
    return {v: int((image == v).sum()) for v in range(image.max())}

# %% other
from collections import Counter
def histogram(image):
    return Counter(image.flatten())

# %% another
def histogram(image):
    out = {}
    for p in image.ravel():
        out[p] = out.get(p, 0) + 1
    return out

# %% test histogram 2
h = histogram(np.array([[1, 1, 3], [0, 1, 3]], dtype=np.uint8))
assert h == {0: 1, 1: 3, 3: 2}
assert isinstance(h, dict)
assert sum(histogram(img).values()) == img.size

# %% answer blobs
def count_blobs(image, threshold):
    """The number of connected bright regions, and the size of the largest."""
    labels, n = ndimage.label(image > threshold)
    return n, max(ndimage.sum_labels(np.ones_like(labels), labels, range(1, n + 1)), default=0)

# %% wrong
def count_blobs(image, threshold):
    return (image > threshold).sum(), 0

# %% subtle
def count_blobs(image, threshold):
    labels, n = ndimage.label(image >= threshold, structure=np.ones((3, 3)))
    return n, np.bincount(labels.ravel())[1:].max()

# %% other
def count_blobs(image, threshold):
    mask = (image > threshold).copy()
    sizes = []
    for y, x in np.argwhere(mask):
        stack, size = [(y, x)], 0
        while stack:
            a, b = stack.pop()
            if 0 <= a < mask.shape[0] and 0 <= b < mask.shape[1] and mask[a, b]:
                mask[a, b] = False
                size += 1
                stack += [(a + 1, b), (a - 1, b), (a, b + 1), (a, b - 1)]
        if size:
            sizes.append(size)
    return len(sizes), max(sizes) if sizes else 0

# %% test blobs 2
scene = np.zeros((6, 6))
scene[0:2, 0:2] = 9; scene[2, 2] = 7; scene[4:, 3:] = 5
assert count_blobs(scene, 1) == (3, 6)
assert count_blobs(scene, 8) == (1, 4)
assert count_blobs(scene, 100) == (0, 0)

# %% answer saved
Image.open("board.png").resize((16, 16)).rotate(90).save("small.png")

# %% wrong
pass

# %% other
with Image.open("board.png") as im:
    im.resize((16, 16)).transpose(Image.Transpose.ROTATE_90).save("small.png")

# %% test saved 1
small = Image.open("small.png")
assert small.size == (16, 16)
assert small.mode == "L"

# %% answer mosaic
def mosaic(images, columns):
    """Put equally large PIL images side by side."""
    w, h = images[0].size
    rows = -(-len(images) // columns)
    out = Image.new("RGB", (w * columns, h * rows))
    for i, im in enumerate(images):
        out.paste(im, ((i % columns) * w, (i // columns) * h))
    return out

# %% wrong
def mosaic(images, columns):
    return images[0]

# %% subtle
def mosaic(images, columns):
    w, h = images[0].size
    out = Image.new("RGB", (w * columns, h * (len(images) // columns)))
    for i, im in enumerate(images):
        out.paste(im, ((i % columns) * w, (i // columns) * h))
    return out

# %% test mosaic 2
tiles = [Image.new("RGB", (2, 2), c) for c in ("red", "lime", "blue")]
big = mosaic(tiles, 2)
assert isinstance(big, Image.Image)
assert big.size == (4, 4)
assert big.getpixel((2, 0)) == (0, 255, 0) and big.getpixel((1, 3)) == (0, 0, 255)
