"""Make the virtual environment; says what to install where Python lacks the module for it."""

import subprocess
import sys

if sys.version_info < (3, 11):  # noqa: UP036 - the point is to say so to somebody with an older one
    sys.exit("Python 3.11 or later is needed: make PYTHON=python3.11 setup")
done = subprocess.run([sys.executable, "-m", "venv", sys.argv[1]], check=False)
if done.returncode:
    sys.exit("Python's venv module does not work here. On Debian or Ubuntu: apt-get install python3-venv")
