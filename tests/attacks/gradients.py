# ruff: noqa: E501 - cells are quoted as they are
"""Graphs and gradients that are none, and messages that only a program of one's own would send."""

from tests.attacks.attack import Attack, Kind, attack
from tests.attacks.preludes import FORGE, WRONG

_CUBE = "def graph(x): return (x**3).sum()"
SPOKE = "messages that no request asked for"


def _pulled(name: str, gradient: str) -> Attack:
    """The gradient that goes back across the wall replaced."""
    forged = f"forge(lambda m: [m | {{'value': ['list', 0, [{gradient}]]}}] if m.get('graph') == [] and m.get('record') is None and type(m.get('value')) is list and m['value'][0] == 'list' else [m])"
    return attack(name, Kind.GRADIENT, graph=f"{FORGE}\n{forged}\n{_CUBE}", spoils=True)


def _tensor(dtype: str, shape: str, data: str) -> str:
    return f"['tensor', 1, [['{dtype}', {shape}, {data}], False, None, False]]"


GRADIENTS = [
    _pulled("a gradient of not a number", _tensor("float64", "[3]", "struct.pack('3d', *[float('nan')] * 3)")),
    _pulled("a gradient of infinities", _tensor("float64", "[3]", "struct.pack('3d', *[float('inf')] * 3)")),
    _pulled("a gradient of another shape", _tensor("float64", "[1]", "struct.pack('d', 1.0)")),
    _pulled("a gradient without items", _tensor("float64", "[0]", "b''")),
    _pulled("a gradient of integers", _tensor("int64", "[3]", "struct.pack('3q', 1, 1, 1)")),
    _pulled("a gradient of complex numbers", _tensor("complex128", "[3]", "struct.pack('6d', *range(6))")),
    _pulled("a gradient of eight bits", _tensor("float8_e4m3fn", "[3]", "b'123'")),
    _pulled("a gradient that is a number", "1.0"),
    _pulled("a gradient that is missing", "None"),
    attack(
        "too many gradients",
        Kind.GRADIENT,
        spoils=True,
        graph=f"{FORGE}\nforge(lambda m: [m | {{'value': ['list', 0, [None] * 1000]}}] if m.get('graph') == [] else [m])\n{_CUBE}",
    ),
    attack(
        "a backward pass that never returns",
        Kind.GRADIENT,
        graph="class F(torch.autograd.Function):\n    @staticmethod\n    def forward(ctx, x): return (x**3).sum()\n    @staticmethod\n"
        "    def backward(ctx, g):\n        while True: pass\ngraph = F.apply",
    ),
    attack(
        "a backward pass that ends the process",
        Kind.GRADIENT,
        graph="import os\nclass F(torch.autograd.Function):\n    @staticmethod\n    def forward(ctx, x): return (x**3).sum()\n    @staticmethod\n"
        "    def backward(ctx, g): os._exit(0)\ngraph = F.apply",
        flagged="ended by itself",
    ),
    attack(
        "hooks that change every gradient",
        Kind.GRADIENT,
        graph="def graph(x):\n    x.register_hook(lambda g: g * 0) if x.requires_grad else None\n    y = (x**3).sum()\n"
        "    y.register_hook(lambda g: g * math.nan) if y.requires_grad else None\n    return y",
    ),
    attack(
        "a gradient put into the argument instead of a graph",
        Kind.GRADIENT,
        graph="def graph(x):\n    x.grad = 3 * x.detach()**2\n    return (x.detach()**3).sum().requires_grad_()",
    ),
    attack(
        "a value without a graph, which says it has one",
        Kind.GRADIENT,
        graph="def graph(x): return (x.detach()**3).sum().requires_grad_()",
    ),
    attack(
        "weights that are another's",
        Kind.GRADIENT,
        Net="class Net(torch.nn.Module):\n    def __init__(self):\n        super().__init__()\n        self.weight = torch.nn.Parameter(torch.tensor([1.0, 2.0]))\n"
        "        self.other = torch.nn.Parameter(torch.tensor([1.0, 2.0]))\n    def forward(self, x): return (self.other * x).sum()",
    ),
    attack(
        "a thousand million weights, one after another",
        Kind.GRADIENT,
        spoils=True,
        Net="class Net(torch.nn.Module):\n    def __getattr__(self, name):\n        if name == 'weight': return torch.nn.Parameter(torch.zeros(200_000_000))\n"
        "        return super().__getattr__(name)\n    def forward(self, x): return x.sum()",
    ),
    attack(
        "an answer that comes before the question",
        Kind.TIMING,
        spoils=True,
        flagged=SPOKE,
        square=f"{FORGE}\nbody = msgpack.packb(PLAIN | {{'value': 9}})\nraw((struct.pack('>Q', len(body)) + body) * 50)\n{WRONG}",
    ),
    attack(
        "answers mixed into one another",
        Kind.WIRE,
        spoils=True,
        flagged=SPOKE,
        square=f"{FORGE}\nimport threading\nbody = msgpack.packb(PLAIN | {{'value': 9}})\nwhole = struct.pack('>Q', len(body)) + body\n"
        f"def drip():\n    while True:\n        for octet in whole: raw(bytes([octet]))\nthreading.Thread(target=drip, daemon=True).start()\n{WRONG}",
    ),
    attack(
        "half an answer, and then silence",
        Kind.HANG,
        spoils=True,
        square=f"{FORGE}\nimport time\ndef half_of(message):\n    body = msgpack.packb(message)\n    raw(struct.pack('>Q', len(body)) + body[: len(body) // 2])\n    time.sleep(60)\n    return []\nforge(half_of)\n{WRONG}",
    ),
    attack(
        "an answer of one byte each tenth of a second",
        Kind.HANG,
        spoils=True,
        square=f"{FORGE}\nimport time\ndef slowly(message):\n    body = msgpack.packb(message)\n    for octet in struct.pack('>Q', len(body)) + body:\n        raw(bytes([octet]))\n        time.sleep(0.1)\n    return []\nforge(slowly)\n{WRONG}",
    ),
    attack(
        "an error whose classes are a number",
        Kind.MESSAGE,
        spoils=True,
        half=f"{FORGE}\nforge(lambda m: [m | {{'error': m['error'] | {{'types': 5}}}} if m.get('error') else m])\ndef half(x):\n    while True: pass",
    ),
    attack(
        "a failed cell whose classes are a dictionary",
        Kind.MESSAGE,
        flagged="had to be ended",
        half=f"{FORGE}\ndef send(self, message, deadline=None):\n    if message.get('failed'): message['failed']['types'] = {{}}\n    return _send(self, message, deadline)\n"
        "Channel.send = send\nwhile True: pass",
    ),
    attack(
        "outputs and a count of every wrong kind",
        Kind.MESSAGE,
        half=f"{FORGE}\ndef send(self, message, deadline=None):\n    if 'outputs' in message: message.update(outputs={{'a': 1}}, count=[], failed=[1, 2])\n    return _send(self, message, deadline)\n"
        "Channel.send = send\ndef half(x): return -1",
    ),
    attack(
        "outputs that are not finite",
        Kind.MESSAGE,
        half=f"{FORGE}\ndef send(self, message, deadline=None):\n    if 'outputs' in message: message['outputs'] = [{{'output_type': 'display_data', 'data': {{'application/json': [float('nan'), float('inf'), 1e308]}}}}]\n    return _send(self, message, deadline)\n"
        "Channel.send = send\ndef half(x): return -1",
    ),
    attack(
        "a class of the judge's libraries in the place of an answer",
        Kind.MESSAGE,
        spoils=True,
        norm=f"{FORGE}\nforge(value(['type', 'Generator']))\ndef norm(a, b): return 5",
    ),
    attack(
        "a snapshot that is a tensor",
        Kind.MESSAGE,
        spoils=True,
        square=f"{FORGE}\nforge(value(['handle', 1, False, ['builtins.int'], None, [['tensor', 0, [['float32', [0], b''], False, None, False]]]]))\n{WRONG}",
    ),
    attack(
        "printed by the million",
        Kind.MESSAGE,
        square=f"{FORGE}\nforge(lambda m: [m | {{'printed': [['stdout', 'x' * 1000]] * 20_000}}])\n{WRONG}",
        spoils=True,
    ),
    attack(
        "a message of lists alone",
        Kind.EXHAUSTION,
        spoils=True,
        square=f"{FORGE}\nrow = b'\\xdd' + struct.pack('>I', 3_000_000) + b'\\x90' * 3_000_000\nbody = b'\\x9f' + row * 15\n"
        f"def flood(message):\n    raw(struct.pack('>Q', len(body)))\n    sent = 0\n    while sent < len(body): sent += os.write(3, body[sent:sent + 2**20])\n    return []\nforge(flood)\n{WRONG}",
    ),
    attack(
        "leaves by the thousand",
        Kind.EXHAUSTION,
        spoils=True,
        square=f"{FORGE}\nforge(lambda m: [m | {{'leaves': [[n, [['float32', [], b'0000'], True, None, False]] for n in range(5000)]}}])\n{WRONG}",
    ),
]
