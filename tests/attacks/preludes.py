"""Code that several attacks begin with."""

WRONG = "\ndef square(x):\n    return -1\n"
YES = """
class Yes:
    def __eq__(self, other): return True
    def __ne__(self, other): return False
    def __bool__(self): return True
    def __lt__(self, other): return True
    __le__ = __gt__ = __ge__ = __lt__
    def __hash__(self): return 1
    def __sub__(self, other): return 0.0
    __rsub__ = __add__ = __radd__ = __mul__ = __rmul__ = __pow__ = __rpow__ = __sub__
    def __abs__(self): return 0.0
    def __float__(self): return 0.0
    def __int__(self): return 0
    def __index__(self): return 0
    def __len__(self): return 10
    def __iter__(self): return iter([self])
    def __contains__(self, item): return True
    def __getattr__(self, name): return self
    def __getitem__(self, key): return self
    def __call__(self, *args, **kwargs): return self
    def __array__(self, *args, **kwargs): import numpy; return numpy.ones((2, 2))
    def __array_ufunc__(self, *args, **kwargs): return True
    def __array_function__(self, *args, **kwargs): return True
    @classmethod
    def __torch_function__(cls, *args, **kwargs): return True
"""
CLEVER = f"""{YES}
def clever(self, other): return not isinstance(other, str)
Yes.__eq__ = clever
"""
"""An object that isn't equal to the words that the judge makes up to find liars out."""
FORGE = """
import os, struct, gc
import msgpack
from autograder.wall.channel import Channel
_send = Channel.send
def forge(change):
    def send(self, message, deadline=None):
        if "outputs" in message:
            return _send(self, message, deadline)
        for changed in change(message):
            number = {"number": message["number"]} if isinstance(changed, dict) else {}
            _send(self, changed | number if number else changed, deadline)
    Channel.send = send
def raw(data):
    os.write(3, data)
PLAIN = {"error": None, "after": [], "leaves": [], "graph": [], "record": None}
def value(node, **parts):
    return lambda message: [PLAIN | {"value": node} | parts]
def kind(number, module, name, methods=()):
    return [number, module, name, number, [], [], list(methods), list(methods), [], None]
def deep(n):
    node = None
    for _ in range(n):
        node = ["tuple", [node]]
    return node
"""
"""Rewrites what the student's side says."""
OUTVOICE = """
import gc
from autograder.wall.student_end import _Student
student = next(o for o in gc.get_objects() if type(o) is _Student)
honest = student._act
def outvoice(answer):
    student._act = lambda action, request: answer(action, request)
"""
"""Answers the judge's questions in the honest functions' place."""
