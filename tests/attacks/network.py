# ruff: noqa: E501 - cells are quoted as they are
"""Ways to another machine, to the machine that grades, and to another submission."""

from tests.attacks.attack import Kind
from tests.attacks.machine import machine

NETWORK = [
    machine(
        "connections to other machines",
        Kind.NETWORK,
        "import socket\nfor address in (('1.1.1.1', 53), ('8.8.8.8', 443), ('192.168.1.1', 80), ('10.0.0.1', 22), ('169.254.169.254', 80)):\n    attempt(lambda: socket.create_connection(address, 0.2))\n",
    ),
    machine(
        "datagrams to other machines",
        Kind.NETWORK,
        "import socket\nfor family, address in ((socket.AF_INET, ('8.8.8.8', 53)), (socket.AF_INET, ('255.255.255.255', 9)), (socket.AF_INET6, ('2001:4860:4860::8888', 53)), (socket.AF_INET, ('224.0.0.1', 9))):\n"
        "    attempt(lambda: socket.socket(family, socket.SOCK_DGRAM).sendto(b'x', address))\n",
    ),
    machine(
        "names looked up",
        Kind.NETWORK,
        "import socket\nfor name in ('example.org', 'metadata.google.internal', 'pypi.org'): attempt(lambda: socket.getaddrinfo(name, 80))\n",
    ),
    machine(
        "services of the machine that grades",
        Kind.NETWORK,
        "import socket\nfor port in (22, 53, 80, 111, 443, 631, 3128, 5432, 6379, 8000, 8080, 8888): attempt(lambda: socket.create_connection(('127.0.0.1', port), 0.05))\n"
        "for path in ('/run/docker.sock', '/var/run/docker.sock', '/run/systemd/private', '/run/dbus/system_bus_socket', '/tmp/.X11-unix/X0'):\n"
        "    attempt(lambda: socket.socket(socket.AF_UNIX).connect(path))\n",
    ),
    machine(
        "abstract sockets of the machine that grades",
        Kind.NETWORK,
        "import socket\nlisted = [line.split()[-1] for line in open('/proc/net/unix') if '@' in line]\nattempt(lambda: len(listed) > 0)\n"
        "for name in ('@/tmp/.X11-unix/X0', '@/tmp/dbus-1', '@/containerd-shim'): attempt(lambda: socket.socket(socket.AF_UNIX).connect('\\0' + name[1:]))\n",
    ),
    machine(
        "raw sockets, packets, netlink and bluetooth",
        Kind.NETWORK,
        "import socket\nattempt(lambda: socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP))\nattempt(lambda: socket.socket(socket.AF_PACKET, socket.SOCK_RAW))\n"
        "attempt(lambda: socket.socket(getattr(socket, 'AF_BLUETOOTH', 31), socket.SOCK_RAW, 1).bind((0,)))\n"
        "try: names = [name for _, name in socket.if_nameindex() if name != 'lo']\nexcept OSError: names = []\nattempt(lambda: len(names) > 0)\n"
        "link = b'\\x20\\0\\0\\0\\x10\\0\\x05\\x06' + b'\\0' * 8 + b'\\0\\0\\0\\0\\x01\\0\\0\\0\\x01\\0\\0\\0\\x01\\0\\0\\0'\n"
        "def up():\n    line = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 0)\n    line.settimeout(0.2)\n    line.send(link)\n    return line.recv(64)[16:20] == b'\\0\\0\\0\\0'\nattempt(up)\n",
    ),
    machine(
        "the machine's host, by vsock",
        Kind.NETWORK,
        "import socket\nfor place in (0, 1, 2):\n    for port in (1, 22, 1024, 52):\n        def dial():\n            line = socket.socket(socket.AF_VSOCK, socket.SOCK_STREAM)\n            line.settimeout(0.05)\n            line.connect((place, port))\n"
        "        attempt(dial)\n",
    ),
    machine(
        "another submission met at an abstract socket",
        Kind.NETWORK,
        "import socket\nmet = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)\ndef meet():\n    try: met.bind('\\0attack-meeting')\n    except OSError: return True\n    met.settimeout(0.8)\n"
        "    return bool(met.recv(1))\nattempt(meet)\n",
    ),
    machine(
        "another submission met at a port of this machine",
        Kind.NETWORK,
        "import socket\nserver = socket.socket()\ndef meet():\n    try: server.bind(('127.0.0.1', 47123))\n    except OSError as error: return error.errno == errno.EADDRINUSE\n    server.listen()\n    server.settimeout(0.8)\n"
        "    return bool(server.accept())\nattempt(meet)\n",
    ),
    machine(
        "another submission met in a folder that both write to",
        Kind.FILE,
        "name = os.urandom(8).hex()\nfor folder in ('/tmp', '/dev/shm', '/submission', '/var/tmp', '/run'):\n    try: Path(folder, 'meeting-' + name).write_text('x')\n    except OSError: pass\ntime.sleep(0.5)\n"
        "for folder in ('/tmp', '/dev/shm', '/submission', '/var/tmp', '/run'):\n    attempt(lambda: any(p.name.startswith('meeting-') and name not in p.name for p in Path(folder).iterdir()))\n",
    ),
]
