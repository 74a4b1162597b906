"""Messages that no honest student's side would send: the submission has rewritten what its process says."""

from tests.attacks.attack import Attack, Kind, attack
from tests.attacks.preludes import FORGE, WRONG


def _forged(name: str, change: str) -> Attack:
    return attack(name, Kind.MESSAGE, spoils=True, square=f"{FORGE}\nforge({change})\n{WRONG}")


WIRE = [
    _forged("the answer to another question", "value(9)"),
    _forged("every answer twice", "lambda message: [message, message]"),
    _forged("no answer", "lambda message: []"),
    _forged("an answer that is no dictionary", "lambda message: [[1, 2]]"),
    _forged("an answer without parts", "lambda message: [{'value': 9}]"),
    _forged("an empty answer", "lambda message: [{}]"),
    _forged("an unknown tag", "value(['pass', 9])"),
    _forged("a tag that is no text", "value([{}, 9])"),
    _forged("a node without a tag", "value([])"),
    _forged("an argument that was never sent", "value(['argument', 99])"),
    _forged("an argument with a number that is none", "value(['argument', 'x'])"),
    _forged("a graph that was never built", "value(['graph', 0, 0], graph=[['float32', [], b'0000']], record=10**9)"),
    _forged("a graph without a tensor", "value(['graph', 0, 5], graph=[], record=1)"),
    _forged("a record that is no number", "value(9, graph=[['float32', [], b'0000']], record={})"),
    _forged("a leaf that was never sent", "value(['leaf', 5])"),
    _forged("leaves that are none", "value(9, leaves=[[1, 2], 'x'])"),
    _forged("a leaf of integers", "value(9, leaves=[[1, [['int64', [1], b'12345678'], True, None, False]]])"),
    _forged("changes to arguments that were never sent", "value(9, after=[[5, None], [-1, None]])"),
    _forged("changes that are none", "value(9, after={'a': 1})"),
    _forged("a handle that is none", "value(['handle', 'x', 1, [], False, []])"),
    _forged("a handle of an unknown class", "value(['handle', 1, 99, [], False, []])"),
    _forged("a handle whose class has names that are none", "value(['handle', 1, 1, [kind(1, {}, None)], False, []])"),
    _forged("a handle that says it is a number", "value(['handle', 1, 1, [kind(1, 'builtins', 'int')], False, []])"),
    _forged(
        "a handle whose class torch has imported: a dictionary",
        "value(['handle', 1, 1, [kind(1, 'torch.nn.modules.container', 'OrderedDict')], False, []])",
    ),
    _forged(
        "a handle that holds a handle",
        "value(['handle', 1, 1, [kind(1, '__main__', 'a')], False, [['handle', 2, 1, [], False, []]]])",
    ),
    _forged(
        "a handle that is an error's class",
        "value(['handle', 2, 1, [kind(1, 'builtins', 'type'), kind(2, 'builtins', 'StopIteration')], True, []])",
    ),
    _forged(
        "a handle of a class with methods that no class has",
        "value(['handle', 1, 1, [kind(1, '__main__', 'a', ['__array__', '__torch_function__'])], False, []])",
    ),
    _forged(
        "a handle of a class that derives from itself",
        "value(['handle', 1, 1, [[1, '__main__', 'a', 1, [1, 1], [1], [], [], [], None]], False, []])",
    ),
    _forged(
        "a handle of a library's class of arrays",
        "value(['handle', 1, 1, [kind(1, 'numpy', 'ndarray'), kind(2, 'torch', 'Tensor')], False, []])",
    ),
    _forged(
        "a handle of a class of the grader's own",
        "value(['handle', 1, 1, [kind(1, 'autograder.wall.errors', 'WallError')], False, []])",
    ),
    _forged("an array of objects", "value(['array', 0, ['|O', [1], b'12345678']])"),
    _forged("an array of records", "value(['array', 0, ['i4,f4', [1], b'12345678']])"),
    _forged("an array of a giant item", "value(['array', 0, ['|S2147483647', [0], b'']])"),
    _forged("an array of a giant shape", "value(['array', 0, ['<f8', [2**39, 2**39], b'']])"),
    _forged("an array of no dimension at all", "value(['array', 0, ['<f8', [0] * 65, b'']])"),
    _forged(
        "a tensor of a giant shape", "value(['tensor', 0, [['float32', [2**39, 0, 2**39], b''], False, None, False]])"
    ),
    _forged("a tensor of quantized numbers", "value(['tensor', 0, [['quint8', [4], b'1234'], False, None, False]])"),
    _forged("a tensor of half a byte's numbers", "value(['tensor', 0, [['int4', [4], b'1234'], False, None, False]])"),
    _forged("a tensor of nameless bits", "value(['tensor', 0, [['bits8', [4], b'1234'], False, None, False]])"),
    _forged(
        "a tensor of truths that are neither", "value(['tensor', 0, [['bool', [4], b'1234'], False, None, False]])"
    ),
    _forged("a tensor of half a number", "value(['tensor', 0, [['float32', [1], b'123'], False, None, False]])"),
    _forged(
        "a tensor that is its own gradient",
        "value(['tensor', 0, [['float32', [1], b'1234'], True, ['again', 0], False]])",
    ),
    _forged("a list in a list, a thousand times", "value(deep(300))"),
    _forged("a forged list that holds itself", "value(['list', 0, [['again', 0], ['again', 0]]])"),
    _forged("a tuple of lists that hold one another", "value(['list', 0, [['list', 1, [['again', 0]]]]])"),
    _forged("a dictionary whose keys are lists", "value(['dict', 0, [[['list', 1, []], 1]]])"),
    _forged("numbers out of order", "value(['list', 7, []])"),
    _forged("a type that is not public", "value(['type', '__loader__'])"),
    _forged("a type that runs code", "value(['type', 'eval'])"),
    _forged("an integer of many digits", "value(['integer', '0x' + 'f' * 20_000])"),
    _forged("a fraction by zero", "value(['fraction', ['0x1', '0x0']])"),
    _forged("a decimal that is none", "value(['decimal', 'x'])"),
    _forged("a figure that is none", 'value([\'figure\', \'{"data": [{"type": "none"}]}\'])'),
    _forged("a time that is none", "value(['timedelta', [1e300, 1, 1]])"),
    _forged("an error that is none", "lambda message: [{'error': 5}]"),
    _forged(
        "an error without a class",
        "lambda message: [PLAIN | {'value': 9, 'error': {'types': [], 'message': 1, 'traceback': 2}}]",
    ),
    _forged(
        "an error of endless words",
        "lambda message: [PLAIN | {'value': 9, 'error': {'types': ['x' * 10**6 + 'builtins.ValueError'], "
        "'class': None, "
        "'message': '\\ud800' * 10**6, 'traceback': 'y' * 10**6}}]",
    ),
    _forged(
        "an error that ends the judge",
        "lambda message: [PLAIN | {'value': 9, 'error': {'types': ['builtins.SystemExit', 'builtins.BaseException'], "
        "'class': 1, 'message': '', 'traceback': ''}}]",
    ),
    _forged(
        "the end of an iteration",
        "lambda message: [PLAIN | {'value': 9, 'error': {'types': ['builtins.StopIteration'], 'class': 1, "
        "'message': '', "
        "'traceback': ''}}]",
    ),
    attack(
        "a byte out of band, and no answer",
        Kind.HANG,
        spoils=True,
        square=f"{FORGE}\nimport socket, time\nline = socket.socket(fileno=os.dup(3))\ndef silent(message):\n"
        "    try: line.send(b'!', socket.MSG_OOB)\n    except OSError: pass\n    time.sleep(60)\n    return []\n"
        f"forge(silent)\n{WRONG}",
    ),
    attack(
        "a length without a message",
        Kind.WIRE,
        spoils=True,
        square=f"{FORGE}\nraw(struct.pack('>Q', 2**20))\n{WRONG}",
    ),
    attack(
        "a length beyond all limits",
        Kind.WIRE,
        spoils=True,
        square=f"{FORGE}\nraw(struct.pack('>Q', 2**63))\n{WRONG}",
    ),
    attack(
        "bytes that are no message",
        Kind.WIRE,
        spoils=True,
        square=f"{FORGE}\nraw(struct.pack('>Q', 4) + b'\\xc1' * 4)\n{WRONG}",
    ),
    attack(
        "an array of four thousand million items",
        Kind.WIRE,
        spoils=True,
        square=f"{FORGE}\nraw(struct.pack('>Q', 5) + b'\\xdd\\xff\\xff\\xff\\xff')\n{WRONG}",
    ),
    attack(
        "a message nested ten thousand times",
        Kind.WIRE,
        spoils=True,
        square=f"{FORGE}\nraw(struct.pack('>Q', 10_001) + b'\\x91' * 10_000 + b'\\xc0')\n{WRONG}",
    ),
    attack(
        "outputs nested a thousand times",
        Kind.MESSAGE,
        spoils=True,
        square=FORGE
        + """
def nested(n):
    node = 1
    for _ in range(n): node = [node]
    return node
def send(self, message, deadline=None):
    message["outputs"] = [{"output_type": "display_data", "data": {"application/json": nested(500)}}]
    return _send(self, message, deadline)
Channel.send = send
"""
        + WRONG,
    ),
    attack(
        "gradients that are none",
        Kind.GRADIENT,
        graph=FORGE + "forge(lambda m: [m | {'value': ['list', 0, ['x', 'y']]} if m.get('graph') == [] else m])\n"
        "def graph(x): return (x**3).sum()",
        spoils=True,
    ),
    attack(
        "a gradient that is the argument itself",
        Kind.GRADIENT,
        graph=FORGE
        + "forge(lambda m: [m | {'value': ['list', 0, [['argument', 0]]]} if m.get('graph') == [] else m])\n"
        "def graph(x): return (x**3).sum()",
        spoils=True,
    ),
]
