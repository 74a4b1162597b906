import pytest

from autograder.judging.one_process import one_process_reason

MODULES = {"np", "torch", "os", "sys", "random", "plt", "helper"}


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("np.sum = None", "it changes np.sum"),
        ("kept, np.sum = np.sum, None\ntry:\n    f()\nfinally:\n    np.sum = kept", "it changes np.sum"),
        ("setattr(np, 'sum', None)", "it changes np.sum"),
        ("for name in ('sum', 'max'):\n    setattr(np, name, None)", "it changes np."),
        ("del np.linalg.norm", "it changes np.linalg.norm"),
        ("import builtins\nbuiltins.sum = None", "it changes builtins.sum"),
        ("__builtins__.sum = None", "it changes __builtins__.sum"),
        ("vars(np)['sum'] = None", "it changes vars(np)['sum']"),
        ("np.__dict__.update(sum=None)", "it changes np.__dict__"),
        ("torch.Tensor.backward = None", "it changes torch.Tensor.backward"),
        ("from torch.nn import Linear\nLinear.forward = None", "it changes Linear.forward"),
        ("def test():\n    import numpy as n\n    n.sum = 3\ntest()", "it changes n.sum"),
        ("helper.calls = 0", "it changes helper.calls"),
        (
            "from unittest import mock\nwith mock.patch('builtins.print') as said:\n    f()",
            "it replaces builtins.print",
        ),
        ("from unittest.mock import patch\nwith patch.object(np, 'sum'):\n    f()", "it replaces np"),
        ("from unittest.mock import patch as put\nwith put('builtins.input'):\n    f()", "it replaces what"),
        ("import unittest.mock\n@unittest.mock.patch('builtins.input')\ndef t(m): f()", "it replaces builtins.input"),
        ("import pytest\nwith pytest.MonkeyPatch().context() as m:\n    m.setattr(np, 'sum', None)", "it replaces"),
        ("os.environ['MODE'] = 'test'", "it changes os.environ['MODE']"),
        ("os.environ.update(MODE='test')", "it changes os.environ"),
        ("os.chdir('data')", "it changes the working folder"),
        ("sys.path.insert(0, 'x')", "it changes sys.path"),
        ("assert 'numpy' not in sys.modules", "it looks at sys.modules"),
        ("import io\nsys.stdin = io.StringIO('3')", "it changes sys.stdin"),
        ("sys.setrecursionlimit(50)", "it changes how deep"),
        ("from sys import setrecursionlimit\nsetrecursionlimit(50)", "it changes how deep"),
        ("sys.settrace(watch)", "it watches which lines"),
        ("with np.errstate(all='raise'):\n    f()", "it changes what NumPy does"),
        ("exec(In[-2])", "it looks at In"),
        ("assert _ == 3", "it looks at _"),
        ("get_ipython().history_manager", "it looks at the notebook's shell"),
        ("%run other.py", "it uses the magic %run"),
        ("with open('two.txt', 'w') as file:\n    file.write('a')", "it writes a file"),
        ("with open('two.txt', mode='a') as file:\n    file.write('a')", "it writes a file"),
        ("from pathlib import Path\nPath('a').write_text('b')", "it writes a file"),
        ("np.savetxt('x.csv', [1])", "it writes a file"),
        ("found = [name for name in dir() if name.startswith('f')]", "it looks through dir()"),
        ("assert all(callable(value) for value in globals().values())", "it looks through globals()"),
        ("assert not os.path.exists('left.txt')", "it looks for a file"),
    ],
)
def test_what_a_test_does_to_its_process_is_told(source: str, reason: str) -> None:
    assert one_process_reason(source, MODULES).startswith(reason)


@pytest.mark.parametrize(
    "source",
    [
        "assert f(2) == np.sum([1, 1])",
        "for _ in range(3):\n    assert f(_) == _",
        "import io\nout, sys.stdout = sys.stdout, io.StringIO()\nf()\nsaid = sys.stdout.getvalue()\nsys.stdout = out",
        "plt.rcParams['figure.dpi'] = 80\nplt.show = lambda: None",
        "torch.backends.cudnn.deterministic = True\nos.environ['PYTHONHASHSEED'] = '0'",
        "np.random.seed(3)\ntorch.manual_seed(3)",
        "%matplotlib inline\nf()",
        "random = np.zeros(3)\nrandom[0] = 1",
        "net = torch.nn.Linear(2, 1)\nnet.weight.data = torch.ones(1, 2)\nnet.bias[0] = 1",
        "import io\nheld = io.BytesIO()\nnp.save(held, [1])",
        "assert open('data.csv').read()\nassert open('data.csv', 'r').read()",
        "from unittest.mock import Mock\ncalled = Mock()\nf(called)",
        "patch = np.ones((2, 2))\nassert f(patch) == 4",
        "from matplotlib import patches\nassert isinstance(f(), patches.Patch)",
        "assert 'f' in dir() and 'f' in globals()\nassert 'g' not in vars() and globals()['f'] is globals().get('f')",
        "class A: pass\nassert vars(A()) == {} and 'x' not in dir(A())",
        "def (",
    ],
)
def test_a_test_that_does_nothing_to_its_process_needs_no_other(source: str) -> None:
    assert one_process_reason(source, MODULES) == ""
